#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "date_terms.hpp"
#include "feel/sql.hpp"

namespace zhijia::feel {

namespace {

/// A part of the condition. Its parameters stand in the compiler's list, in the order in which the parts are written.
struct Part {
  enum class Kind { number, text, date, boolean, condition, null };
  std::string sql;
  Kind kind = Kind::null;
  int scale = 0;
};

/// Decimal places beyond this make sums overflow 64 bits too soon.
constexpr int scale_max = 6;

/// Thrown inside the compiler only, and turned into a Problem by compile_sql: it unwinds a deep recursion.
struct Refused {
  const Node& node;
  std::string code, zh, en;
};

class Compiler {
 public:
  explicit Compiler(const SqlResolver& resolve) : resolve_(resolve) {}

  std::string condition(const Node& node) { return as_condition(compile(node)); }
  std::vector<std::variant<std::int64_t, std::string>> parameters;

 private:
  const SqlResolver& resolve_;

  [[noreturn]] static void refuse(const Node& node, std::string zh, std::string en) {
    throw Refused{node, "feel.sql_unsupported", std::move(zh), std::move(en)};
  }

  static std::string as_condition(const Part& part) {
    if (part.kind == Part::Kind::condition) return part.sql;
    if (part.kind == Part::Kind::null) return "(NULL = 1)";
    // Anything that is not a truth value makes a filter's condition null in FEEL.
    return part.kind == Part::Kind::boolean ? "(" + part.sql + " = 1)" : "(NULL = 1)";
  }

  Part compile(const Node& node) {
    if (node.is_constant && node.kind != Node::Kind::list && node.kind != Node::Kind::range) return literal(node);
    switch (node.kind) {
      case Node::Kind::literal:
        return literal(node);
      case Node::Kind::variable:
      case Node::Kind::path:
        return name(node);
      case Node::Kind::conjunction:
      case Node::Kind::disjunction:
        return logic(node);
      case Node::Kind::comparison:
        return comparison(node);
      case Node::Kind::between:
        return between(node);
      case Node::Kind::in:
        return membership(node);
      case Node::Kind::arithmetic:
        return arithmetic(node);
      case Node::Kind::negate: {
        Part operand = compile(*node.children[0]);
        if (operand.kind != Part::Kind::number) refuse(node, "负号只能用于数", "a minus sign needs a number");
        operand.sql = "(-" + operand.sql + ")";
        return operand;
      }
      case Node::Kind::builtin_call:
        return builtin(node);
      case Node::Kind::conditional:
        return conditional(node);
      default:
        refuse(node, "筛选条件里不能用这种写法", "this cannot be used in a filter");
    }
  }

  Part parameter(std::variant<std::int64_t, std::string> value, Part::Kind kind, int scale = 0) {
    parameters.push_back(std::move(value));
    return {"?", kind, scale};
  }

  Part literal(const Node& node) {
    const Value& value = node.value;
    switch (value.kind()) {
      case Kind::null:
        return {"NULL", Part::Kind::null, 0};
      case Kind::boolean:
        return parameter(value.boolean() ? 1 : 0, Part::Kind::boolean);
      case Kind::string:
        return parameter(std::string(value.string()), Part::Kind::text);
      case Kind::date:
        return parameter(feel::text(value), Part::Kind::date);
      case Kind::number:
        return number(node);
      default:
        refuse(node, "筛选条件里不能用这种值", "a value of this kind cannot be used in a filter");
    }
  }

  /// "12.50" becomes 1250 with scale 2.
  Part number(const Node& node) {
    std::string digits = feel::text(node.value);
    int scale = 0;
    if (const std::size_t point = digits.find('.'); point != std::string::npos) {
      scale = static_cast<int>(digits.size() - point - 1);
      digits.erase(point, 1);
    }
    constexpr std::size_t digits_max = 15;
    if (digits.size() > digits_max || scale > scale_max || digits.find_first_not_of("-0123456789") != std::string::npos)
      refuse(node, "筛选条件里的数太大或小数太多", "the number is too large, or has too many decimals, for a filter");
    return parameter(std::int64_t{std::stoll(digits)}, Part::Kind::number, scale);
  }

  Part name(const Node& node) {
    std::vector<std::string_view> path;
    const Node* at = &node;
    for (; at->kind == Node::Kind::path; at = at->children[0]) path.push_back(at->name);
    if (at->kind != Node::Kind::variable) refuse(node, "只能对字段用“.”", "only a field can be followed by a dot here");
    path.push_back(at->name);
    std::ranges::reverse(path);
    if (const std::optional<SqlName> found = resolve_(path)) return column(*found);
    if (const auto part = date_part(path)) return *part;
    throw Refused{node, "feel.sql_name", fmt::format("没有字段“{}”", fmt::join(path, ".")),
                  fmt::format("there is no field “{}”", fmt::join(path, "."))};
  }

  static Part column(const SqlName& found) {
    switch (found.kind) {
      case SqlName::Kind::number:
        return {found.sql, Part::Kind::number, found.scale};
      case SqlName::Kind::boolean:
        return {found.sql, Part::Kind::boolean, 0};
      case SqlName::Kind::date:
        return {found.sql, Part::Kind::date, 0};
      default:
        return {found.sql, Part::Kind::text, 0};
    }
  }

  /// `paid_on.year`: days are ISO texts, whose parts always stand in the same places.
  std::optional<Part> date_part(const std::vector<std::string_view>& path) const {
    struct Place {
      std::string_view name;
      int from, size;
    };
    constexpr std::array<Place, 3> places{{{"year", 1, 4}, {"month", 6, 2}, {"day", 9, 2}}};
    const auto place = std::ranges::find(places, path.back(), &Place::name);
    if (place == places.end() || path.size() < 2) return std::nullopt;
    const auto found = resolve_({path.begin(), path.end() - 1});
    if (!found || found->kind != SqlName::Kind::date) return std::nullopt;
    return Part{fmt::format("CAST(substr({}, {}, {}) AS INTEGER)", found->sql, place->from, place->size),
                Part::Kind::number, 0};
  }

  Part logic(const Node& node) {
    const std::string left = as_condition(compile(*node.children[0]));
    const std::string right = as_condition(compile(*node.children[1]));
    const char* word = node.kind == Node::Kind::conjunction ? "AND" : "OR";
    return {fmt::format("({} {} {})", left, word, right), Part::Kind::condition, 0};
  }

  static bool comparable(const Part& a, const Part& b) {
    return a.kind == b.kind || a.kind == Part::Kind::null || b.kind == Part::Kind::null;
  }

  /// Brings two numbers to the same scale.
  static void align(Part& a, Part& b) {
    if (a.kind != Part::Kind::number || b.kind != Part::Kind::number) return;
    for (Part* lower : {&a, &b}) {
      const int missing = std::max(a.scale, b.scale) - lower->scale;
      if (missing == 0) continue;
      std::string factor = "1";
      factor.append(static_cast<std::size_t>(missing), '0');
      lower->sql = fmt::format("({} * {})", lower->sql, factor);
      lower->scale += missing;
    }
  }

  /// In FEEL equality with null is never unknown; the order of null and anything is.
  Part compared(const Node& node, Part left, Node::Operator op, Part right) {
    const bool equality = op == Node::Operator::equal || op == Node::Operator::not_equal;
    if (!comparable(left, right) ||
        (!equality &&
         (left.kind == Part::Kind::null || right.kind == Part::Kind::null || left.kind == Part::Kind::boolean)) ||
        left.kind == Part::Kind::condition || right.kind == Part::Kind::condition)
      refuse(node, "这两个值不能比较", "these two values cannot be compared");
    align(left, right);
    std::string sign(symbol(op));
    if (op == Node::Operator::equal) sign = "IS NOT DISTINCT FROM";
    if (op == Node::Operator::not_equal) sign = "IS DISTINCT FROM";
    return {fmt::format("({} {} {})", left.sql, sign, right.sql), Part::Kind::condition, 0};
  }

  Part comparison(const Node& node) {
    if (auto moved = date_term(node)) return std::move(*moved);
    Part left = compile(*node.children[0]);
    Part right = compile(*node.children[1]);
    return compared(node, std::move(left), node.op, std::move(right));
  }

  /// `paid_on + duration("P1M") >= date("2020-01-31")` and its like compare the bare day with another.
  std::optional<Part> date_term(const Node& node) {
    const auto term = date_term_of(node);
    if (!term) return std::nullopt;
    const std::string day = compile(*term->day).sql;
    if (compile(*term->day).kind != Part::Kind::date) return std::nullopt;
    const auto bound = [&](std::string_view sign, Date limit) {
      parameters.emplace_back(limit.text());
      return fmt::format("{} {} ?", day, sign);
    };
    using enum Node::Operator;
    switch (term->op) {
      case less:
        return Part{"(" + bound("<", term->from) + ")", Part::Kind::condition, 0};
      case less_equal:
        return Part{"(" + bound("<", term->behind) + ")", Part::Kind::condition, 0};
      case greater:
        return Part{"(" + bound(">=", term->behind) + ")", Part::Kind::condition, 0};
      case greater_equal:
        return Part{"(" + bound(">=", term->from) + ")", Part::Kind::condition, 0};
      default: {
        const std::string low = bound(">=", term->from);
        const std::string both = fmt::format("({} IS NOT NULL AND {} AND {})", day, low, bound("<", term->behind));
        return Part{term->op == equal ? both : "(NOT " + both + ")", Part::Kind::condition, 0};
      }
    }
  }

  Part conditional(const Node& node) {
    const std::string condition = as_condition(compile(*node.children[0]));
    Part yes = compile(*node.children[1]);
    Part no = compile(*node.children[2]);
    const auto is_truth = [](const Part& part) {
      return part.kind == Part::Kind::condition || part.kind == Part::Kind::boolean;
    };
    const auto is_null = [](const Part& part) { return part.kind == Part::Kind::null; };
    if ((is_truth(yes) || is_null(yes)) && (is_truth(no) || is_null(no))) {
      yes = {as_condition(yes), Part::Kind::condition, 0};
      no = {as_condition(no), Part::Kind::condition, 0};
    }
    if (!comparable(yes, no)) refuse(node, "then 和 else 应是同一类的值", "then and else must be of one kind");
    align(yes, no);
    Part result = is_null(yes) ? no : yes;
    result.sql = fmt::format("(CASE WHEN {} THEN {} ELSE {} END)", condition, yes.sql, no.sql);
    return result;
  }

  Part between(const Node& node) {
    const auto bound = [&](const Node& limit, Node::Operator op) {
      Part value = compile(*node.children[0]);
      return compared(node, std::move(value), op, compile(limit)).sql;
    };
    const std::string low = bound(*node.children[1], Node::Operator::greater_equal);
    return {fmt::format("({} AND {})", low, bound(*node.children[2], Node::Operator::less_equal)),
            Part::Kind::condition, 0};
  }

  Part membership(const Node& node) {
    std::string tests;
    for (const Node* test : node.children.subspan(1)) {
      const bool is_list = test->kind == Node::Kind::list;
      const std::span<const Node* const> items = is_list ? test->children : std::span(&test, 1);
      for (const Node* item : items) {
        auto one = single_test(*node.children[0], *item);
        // Of a list it matters only whether an item is known to hold.
        if (is_list && item->kind == Node::Kind::range) one = "COALESCE(" + one + ", 1 = 0)";
        tests += (tests.empty() ? "" : " OR ") + one;
      }
    }
    return {tests.empty() ? "(1 = 0)" : "(" + tests + ")", Part::Kind::condition, 0};
  }

  /// list contains([…], value)
  Part contained(const Node& value, std::span<const Node* const> items) {
    std::string tests;
    for (const Node* item : items) {
      Part left = compile(value);
      tests +=
          (tests.empty() ? "" : " OR ") + compared(*item, std::move(left), Node::Operator::equal, compile(*item)).sql;
    }
    return {tests.empty() ? "(1 = 0)" : "(" + tests + ")", Part::Kind::condition, 0};
  }

  Part measured(const Node& node, std::string_view called) {
    Part operand = compile(*node.children[0]);
    const bool is_length = called == "string length";
    if (operand.kind != (is_length ? Part::Kind::text : Part::Kind::number))
      refuse(node, is_length ? "只能量文字的长度" : "只能取数的绝对值",
             is_length ? "only a text has a length" : "only a number has a magnitude");
    operand.sql = fmt::format("{}({})", is_length ? "length" : "abs", operand.sql);
    operand.kind = Part::Kind::number;
    return operand;
  }

  std::string single_test(const Node& value, const Node& test) {
    if (test.kind != Node::Kind::range) {
      Part left = compile(value);
      return compared(test, std::move(left), Node::Operator::equal, compile(test)).sql;
    }
    const auto bound = [&](const Node& limit, Node::Operator op) {
      Part left = compile(value);
      return compared(test, std::move(left), op, compile(limit)).sql;
    };
    if (test.op != Node::Operator::none)
      return bound(test.children[0] ? *test.children[0] : *test.children[1], test.op);
    using enum Node::Operator;
    const std::string low = bound(*test.children[0], test.low_closed ? greater_equal : greater);
    return fmt::format("({} AND {})", low, bound(*test.children[1], test.high_closed ? less_equal : less));
  }

  Part arithmetic(const Node& node) {
    Part left = compile(*node.children[0]);
    Part right = compile(*node.children[1]);
    if (left.kind != Part::Kind::number || right.kind != Part::Kind::number)
      refuse(node, "筛选条件里只能对数做运算", "a filter can calculate with numbers only");
    if (node.op == Node::Operator::multiply && left.scale + right.scale <= scale_max)
      return {fmt::format("({} * {})", left.sql, right.sql), Part::Kind::number, left.scale + right.scale};
    if (node.op != Node::Operator::add && node.op != Node::Operator::subtract)
      refuse(node, "筛选条件里不能用除法和乘方", "a filter cannot divide or raise to a power");
    align(left, right);
    return {fmt::format("({} {} {})", left.sql, symbol(node.op), right.sql), Part::Kind::number, left.scale};
  }

  Part builtin(const Node& node) {
    const std::string_view called = builtin_name(*node.builtin);
    if (called == "not") return {"(NOT " + as_condition(compile(*node.children[0])) + ")", Part::Kind::condition, 0};
    if (called == "list contains" && node.children[0] && node.children[0]->kind == Node::Kind::list && node.children[1])
      return contained(*node.children[1], node.children[0]->children);
    if (called == "string length" || called == "abs") return measured(node, called);
    if (called == "starts with" || called == "ends with" || called == "contains") return text_search(node, called);
    refuse(node, fmt::format("筛选条件里不能用 {}()", called), fmt::format("{}() cannot be used in a filter", called));
  }

  /// % and _ in the text sought are no wildcards.
  Part text_search(const Node& node, std::string_view called) {
    const Node* sought = node.children[1];
    if (!sought || sought->kind != Node::Kind::literal || !sought->value.is(Kind::string))
      refuse(node, "要找的文字须直接写出", "the text sought must be written out");
    const Part text = compile(*node.children[0]);
    if (text.kind != Part::Kind::text) refuse(node, "只能在文字里查找", "only a text can be searched");
    const std::string wanted(sought->value.string());
    std::string pattern;
    for (char c : wanted) {
      if (c == '%' || c == '_' || c == '\\') pattern += '\\';
      pattern += c;
    }
    if (called != "starts with") pattern.insert(0, "%");
    if (called != "ends with") pattern += '%';
    parameters.emplace_back(std::move(pattern));
    return {fmt::format("({} LIKE ? ESCAPE '\\')", text.sql), Part::Kind::condition, 0};
  }
};

}  // namespace

Result<SqlCondition> compile_sql(const Tree& tree, const SqlResolver& resolve) {
  Compiler compiler(resolve);
  try {
    SqlCondition condition;
    condition.sql = compiler.condition(tree.root());
    condition.parameters = std::move(compiler.parameters);
    return condition;
  } catch (const Refused& refused) {
    return fail(refused.code, refused.zh, refused.en,
                {.file = {}, .sheet = {}, .cell = tree.place(refused.node.begin), .record = {}, .field = {}});
  }
}

}  // namespace zhijia::feel
