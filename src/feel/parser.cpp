#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "builtins.hpp"
#include "evaluator.hpp"
#include "feel/feel.hpp"
#include "names.hpp"

namespace zhijia::feel {
namespace {

using NK = Node::Kind;
using Op = Node::Operator;

/// The first thing that is wrong ends the parse: what follows would only be guesses.
struct SyntaxError {
  std::string code;
  std::uint32_t at;
  Message message;
};

constexpr std::array<std::string_view, 18> reserved_words{
    "if",  "then", "else",    "for",  "in",    "return", "some",     "every",    "satisfies",
    "and", "or",   "between", "true", "false", "null",   "instance", "function", "external"};

/// Recursive descent over the grammar of OMG DMN 1.5, 10.3.1.2; each function takes what its name says.
class Parser {
 public:
  Parser(std::string_view text, const Scope& scope, const ParseOptions& options)
      : store_(std::make_shared<NodeStore>(std::string(text))),
        cursor_(store_->text()),
        names_(*store_, scope, options),
        scope_(scope) {}

  Expression whole_expression() {
    const auto root = expression();
    expect_end();
    return finished(root);
  }

  Expression whole_unary_tests() {
    auto* node = make(NK::unary_tests, cursor_.at());
    std::vector<const Node*> tests;
    if (!(cursor_.take("-") && cursor_.at_end())) {
      cursor_.go_to(0);
      node->flag = cursor_.take_word("not") && cursor_.take("(");
      if (node->flag) {
        tests = take_tests();
        // `not(…) and …` is an expression that only begins like a negation.
        node->flag = cursor_.take(")") && cursor_.at_end();
      }
      if (!node->flag) {
        cursor_.go_to(0);
        clashes_.clear();
        tests = take_tests();
      }
      expect_end();
    }
    return finished({close(node, std::move(tests)), Type::Kind::boolean});
  }

 private:
  // --- Nodes -------------------------------------------------------------------------------------------------------

  Node* make(NK kind, std::uint32_t begin) { return store_->make(kind, begin, cursor_.at()); }

  const Node* close(Node* node, std::vector<const Node*> children) {
    node->end = cursor_.at();
    store_->set_children(node, std::move(children));
    if (node->depth > node_depth_max) too_deep(node->begin);
    fold(node);
    return node;
  }

  /// Notes what a node over constants always gives, such as `duration("P1M")`. Errors stay errors of the evaluation.
  void fold(Node* node) {
    constexpr std::array<NK, 5> foldable{NK::arithmetic, NK::negate, NK::range, NK::list, NK::builtin_call};
    if (std::ranges::find(foldable, node->kind) == foldable.end()) return;
    const bool constant_children = std::ranges::all_of(node->children, [](const Node* child) {
      return child == nullptr || child->is_constant || (child->kind == NK::literal && child->builtin == nullptr);
    });
    constexpr std::array<std::string_view, 4> cheap{"date", "time", "date and time", "duration"};
    const bool is_cheap = node->kind != NK::builtin_call || std::ranges::find(cheap, node->name) != cheap.end();
    if (!constant_children || !is_cheap) return;
    prepare(*node);
    node->value = evaluate_constant(*store_, *node);
    node->is_constant = !node->value.is_null();
    if (node->is_constant) node->place = Node::Place::constant;
  }

  Typed binary(NK kind, Op op, const Typed& left, const Typed& right, Type type) {
    auto* node = make(kind, left.node->begin);
    node->op = op;
    return {close(node, {left.node, right.node}), std::move(type)};
  }

  Typed arithmetic(Op op, const Typed& left, const Typed& right) {
    if (!have_result(op, left.type, right.type)) note_clash(left, right);
    const bool same = left.type == right.type &&
                      (left.type.is(Type::Kind::number) || (left.type.is(Type::Kind::string) && op == Op::add));
    return binary(NK::arithmetic, op, left, right, same ? left.type : Type());
  }

  static bool is_plain(const Type& type) {
    return type.is(Type::Kind::number) || type.is(Type::Kind::string) || type.is(Type::Kind::boolean);
  }

  /// Of the types that have no arithmetic with dates, times and durations; those have many.
  static bool have_result(Op op, const Type& left, const Type& right) {
    if (!is_plain(left) || !is_plain(right)) return true;
    return left == right && (left.is(Type::Kind::number) || (left.is(Type::Kind::string) && op == Op::add));
  }

  Typed compared(Op op, const Typed& left, const Typed& right) {
    if (is_plain(left.type) && is_plain(right.type) && !(left.type == right.type)) note_clash(left, right);
    return binary(NK::comparison, op, left, right, Type::Kind::boolean);
  }

  void note_clash(const Typed& left, const Typed& right) {
    const auto wanted = left.type == right.type ? Type(Type::Kind::number) : left.type;
    clashes_.push_back({left.node->begin, right.node->end, right.type, wanted});
  }

  void note_clashes(const Type& function, const std::vector<Typed>& arguments, const std::vector<std::string>& names) {
    const auto& known = function.parameter_names();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const auto named = names.empty() ? known.end() : std::ranges::find(known, names[i]);
      if (!names.empty() && named == known.end()) continue;
      const auto at = names.empty() ? i : static_cast<std::size_t>(named - known.begin());
      if (at >= function.parameters().size() || arguments[i].type.can_become(function.parameters()[at])) continue;
      const auto* node = arguments[i].node;
      clashes_.push_back({node->begin, node->end, arguments[i].type, function.parameters()[at]});
    }
  }

  Expression finished(const Typed& root) {
    store_->finish(root.node, names_.slots(), root.type, std::move(clashes_));
    return store_;
  }

  // --- Errors ------------------------------------------------------------------------------------------------------

  [[noreturn]] void fail_at(std::uint32_t at, std::string code, std::string zh, std::string en) const {
    throw SyntaxError{std::move(code), at, {std::move(zh), std::move(en)}};
  }

  [[noreturn]] void unexpected(std::string_view wanted_zh, std::string_view wanted_en) {
    if (cursor_.at_end())
      fail_at(cursor_.at(), "feel.syntax", "表达式不完整:此处应有" + std::string(wanted_zh),
              "The expression ends too early: " + std::string(wanted_en) + " is needed here");
    constexpr std::size_t shown_max = 20;
    auto shown = cursor_.text().substr(cursor_.at(), shown_max);
    while (!is_utf8(shown)) shown.remove_suffix(1);
    fail_at(cursor_.at(), "feel.syntax", "此处应有" + std::string(wanted_zh) + ",却是“" + std::string(shown) + "”",
            std::string(wanted_en) + " is needed here, not '" + std::string(shown) + "'");
  }

  [[noreturn]] void too_deep(std::uint32_t at) const {
    fail_at(at, "feel.too_deep", "表达式嵌套超过 " + std::to_string(node_depth_max) + " 层,请拆成几个",
            "The expression is nested deeper than " + std::to_string(node_depth_max) + " levels; split it");
  }

  void expect(std::string_view symbol) {
    if (!cursor_.take(symbol)) unexpected("“" + std::string(symbol) + "”", "'" + std::string(symbol) + "'");
  }

  void expect_word(std::string_view word) {
    if (!cursor_.take_word(word)) unexpected("“" + std::string(word) + "”", "'" + std::string(word) + "'");
  }

  void expect_end() {
    if (!cursor_.at_end()) unexpected("表达式的结尾", "the end of the expression");
  }

  /// Counts the parser's own nesting: parentheses make no nodes but do take stack.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.level_ > level_max) parser_.too_deep(parser_.cursor_.at());
    }
    ~Level() { --parser_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    static constexpr int level_max = 200;
    Parser& parser_;
  };

  // --- Expressions -------------------------------------------------------------------------------------------------

  Typed expression() {
    const Level level(*this);
    return disjunction();
  }

  Typed disjunction() {
    auto left = conjunction();
    while (cursor_.take_word("or")) left = binary(NK::disjunction, Op::none, left, conjunction(), Type::Kind::boolean);
    return left;
  }

  Typed conjunction() {
    auto left = comparison();
    while (cursor_.take_word("and")) left = binary(NK::conjunction, Op::none, left, comparison(), Type::Kind::boolean);
    return left;
  }

  Op take_comparator() {
    constexpr std::array<std::pair<std::string_view, Op>, 6> comparators{{{"!=", Op::not_equal},
                                                                          {"<=", Op::less_equal},
                                                                          {">=", Op::greater_equal},
                                                                          {"<", Op::less},
                                                                          {">", Op::greater},
                                                                          {"=", Op::equal}}};
    for (const auto& [symbol, op] : comparators)
      if (cursor_.take(symbol)) return op;
    return Op::none;
  }

  Typed comparison() {
    auto left = addition();
    while (true) {
      if (const auto op = take_comparator(); op != Op::none) {
        left = compared(op, left, addition());
      } else if (cursor_.take_word("between")) {
        auto* node = make(NK::between, left.node->begin);
        const auto low = addition();
        expect_word("and");
        const auto high = addition();
        left = {close(node, {left.node, low.node, high.node}), Type::Kind::boolean};
      } else if (cursor_.take_word("in")) {
        left = in_tests(left);
      } else {
        return left;
      }
    }
  }

  Typed in_tests(const Typed& value) {
    auto* node = make(NK::in, value.node->begin);
    std::vector<const Node*> children{value.node};
    const auto begin = (cursor_.skip_space(), cursor_.at());
    if (cursor_.take("(")) {
      const Level level(*this);
      children.push_back(test().node);
      if (children.size() == 2 && cursor_.take("..")) {
        children.back() = range_from(begin, false, {children.back(), {}}).node;
      } else {
        while (cursor_.take(",")) children.push_back(test().node);
        expect(")");
      }
    } else {
      // `in` binds as the comparisons do: what follows with `and` or `or` is not part of the test.
      const auto comparator = take_comparator();
      children.push_back((comparator == Op::none ? addition() : compared_test(begin, comparator)).node);
    }
    const bool outer_input = value.node->uses_input;
    close(node, std::move(children));
    node->uses_input = outer_input;  // a `?` in the tests is this node's own value
    return {node, Type::Kind::boolean};
  }

  Typed addition() {
    auto left = multiplication();
    while (true) {
      if (cursor_.take("+")) {
        left = arithmetic(Op::add, left, multiplication());
      } else if (cursor_.take("-")) {
        left = arithmetic(Op::subtract, left, multiplication());
      } else {
        return left;
      }
    }
  }

  Typed multiplication() {
    auto left = exponentiation();
    while (true) {
      if (!cursor_.comes("**") && cursor_.take("*")) {
        left = arithmetic(Op::multiply, left, exponentiation());
      } else if (cursor_.take("/")) {
        left = arithmetic(Op::divide, left, exponentiation());
      } else {
        return left;
      }
    }
  }

  Typed exponentiation() {
    auto left = negation();
    while (cursor_.take("**")) left = binary(NK::arithmetic, Op::power, left, negation(), Type::Kind::number);
    return left;
  }

  Typed negation() {
    cursor_.skip_space();
    const auto begin = cursor_.at();
    if (!cursor_.take("-")) return type_test();
    const Level level(*this);
    const auto operand = negation();
    if (operand.node->kind == NK::literal && operand.node->value.is(Kind::number)) {
      auto* node = make(NK::literal, begin);
      node->value = -operand.node->value.number();
      node->place = Node::Place::constant;
      return {node, Type::Kind::number};
    }
    return {close(make(NK::negate, begin), {operand.node}), operand.type};
  }

  Typed type_test() {
    auto value = postfix();
    while (cursor_.comes_word("instance")) {
      cursor_.take_word("instance");
      expect_word("of");
      auto* node = make(NK::instance_of, value.node->begin);
      node->type = type();
      value = {close(node, {value.node}), Type::Kind::boolean};
    }
    return value;
  }

  Type type() {
    const Level level(*this);
    cursor_.skip_space();
    const auto begin = cursor_.at();
    auto taken = take_type();
    if (!taken) fail_at(begin, "feel.unknown_type", "不认识的类型", "This is not a known type");
    return *taken;
  }

  // --- Paths, filters, calls ---------------------------------------------------------------------------------------

  Typed postfix() {
    auto base = primary();
    while (true) {
      if (!cursor_.comes("..") && cursor_.take(".")) {
        base = path(base);
      } else if (cursor_.comes("[") && !(endpoint_ && closes_range())) {
        cursor_.take("[");
        base = filter(base);
      } else if (cursor_.comes("(")) {
        cursor_.take("(");
        base = call(base);
      } else {
        return base;
      }
    }
  }

  /// Behind a range's end, "[" closes the range unless it can begin a filter.
  bool closes_range() {
    const auto at = cursor_.at();
    cursor_.take("[");
    const auto next = cursor_.peek();
    const auto word = cursor_.peek_word();
    // `[1..10[.start` is a property of the range; `[1..x[.5]]` would be a filter.
    const bool property = next == '.' && cursor_.take(".") && (cursor_.peek() < '0' || cursor_.peek() > '9');
    const bool closes = next == '\0' || property || std::string_view("),]}=<>").find(next) != std::string_view::npos ||
                        (std::ranges::find(reserved_words, word) != reserved_words.end() && word != "true" &&
                         word != "false" && word != "null" && word != "if" && word != "for");
    cursor_.go_to(at);
    return closes;
  }

  Typed path(const Typed& base) {
    const auto& container = base.type.is(Type::Kind::list) ? base.type.element() : base.type;
    auto* node = make(NK::path, base.node->begin);
    const auto key = names_.take_key(cursor_, container);
    if (key.empty()) unexpected("名称", "a name");
    node->name = store_->keep(key);
    const auto* field = container.is(Type::Kind::context) ? container.field(key) : nullptr;
    const auto known = field == nullptr ? Type() : *field;
    return {close(node, {base.node}), base.type.is(Type::Kind::list) ? Type::list(known) : known};
  }

  Typed filter(const Typed& base) {
    const Level level(*this);
    auto* node = make(NK::filter, base.node->begin);
    const auto element = base.type.is(Type::Kind::list) ? base.type.element() : base.type;
    const auto mark = names_.mark();
    node->slot = names_.declare_item(element);
    const auto outer = std::exchange(endpoint_, false);
    const auto condition = expression();
    endpoint_ = outer;
    names_.forget_from(mark);
    expect("]");
    const bool is_index = condition.type.is(Type::Kind::number);
    return {close(node, {base.node, condition.node}),
            is_index || !base.type.is(Type::Kind::list) ? element : base.type};
  }

  Typed call(const Typed& function) {
    const Level level(*this);
    const auto outer = std::exchange(endpoint_, false);
    std::vector<Typed> typed;
    std::vector<const Node*> arguments;
    std::vector<std::string> argument_names;
    if (!cursor_.take(")")) {
      do {
        if (auto name = take_argument_name()) argument_names.push_back(std::move(*name));
        typed.push_back(expression());
        arguments.push_back(typed.back().node);
      } while (cursor_.take(","));
      expect(")");
    }
    endpoint_ = outer;
    if (!argument_names.empty() && argument_names.size() != arguments.size())
      fail_at(function.node->begin, "feel.syntax", "参数要么都写名称,要么都不写", "Name all arguments or none");
    if (const auto* builtin = function.node->builtin)
      return builtin_call(function, *builtin, arguments, argument_names);
    note_clashes(function.type, typed, argument_names);
    auto* node = make(NK::call, function.node->begin);
    if (!argument_names.empty()) node->keys = std::make_shared<const Keys>(std::move(argument_names));
    arguments.insert(arguments.begin(), function.node);
    return {close(node, std::move(arguments)),
            function.type.is(Type::Kind::function) ? function.type.result() : Type()};
  }

  std::optional<std::string> take_argument_name() {
    cursor_.skip_space();
    const auto at = cursor_.at();
    auto name = cursor_.take_name();
    if (!name.empty() && cursor_.take(":")) return name;
    cursor_.go_to(at);
    return std::nullopt;
  }

  Typed builtin_call(const Typed& function, const Builtin& builtin, std::vector<const Node*> arguments,
                     const std::vector<std::string>& argument_names) {
    auto* node = make(NK::builtin_call, function.node->begin);
    node->builtin = &builtin;
    node->name = builtin.name;
    if (!argument_names.empty()) {
      auto ordered = in_order(builtin, arguments, argument_names);
      node->flag = !ordered;  // no such parameter: null when called, as for any argument that does not fit
      if (ordered) arguments = std::move(*ordered);
      node->keys = std::make_shared<const Keys>(argument_names);
    }
    return {close(node, std::move(arguments)), {}};
  }

  /// Named arguments in the order of the first signature that has parameters of all those names.
  static std::optional<std::vector<const Node*>> in_order(const Builtin& builtin,
                                                          const std::vector<const Node*>& arguments,
                                                          const std::vector<std::string>& argument_names) {
    for (const auto& signature : builtin.signatures) {
      std::vector<const Node*> ordered(signature.parameters.size());
      std::size_t placed = 0;
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto at = std::ranges::find(signature.parameters, argument_names[i], &Signature::Parameter::name);
        if (at == signature.parameters.end()) break;
        auto& place = ordered[static_cast<std::size_t>(at - signature.parameters.begin())];
        if (place != nullptr) break;
        place = arguments[i];
        ++placed;
      }
      bool complete = placed == arguments.size();
      for (std::size_t i = 0; i < ordered.size(); ++i)
        complete = complete && (ordered[i] != nullptr || signature.parameters[i].optional);
      if (!complete) continue;
      while (!ordered.empty() && ordered.back() == nullptr) ordered.pop_back();
      return ordered;
    }
    return std::nullopt;
  }

  // --- Primaries ---------------------------------------------------------------------------------------------------

  Typed primary() {
    const char next = cursor_.peek();
    const auto begin = cursor_.at();
    switch (next) {
      case '"':
        return string_literal();
      case '@':
        return temporal_literal();
      case '(':
        return parenthesis();
      case '[':
        return list_or_range();
      case ']':
        cursor_.take("]");
        return range_to(begin, false);
      case '{':
        return context();
      case '?':
        cursor_.take("?");
        return names_.input(begin, cursor_.at());
      default:
        break;
    }
    if (const auto number = cursor_.take_number()) return number_literal(begin, *number);
    return word();
  }

  Typed literal(std::uint32_t begin, Value value, Type type) {
    auto* node = make(NK::literal, begin);
    node->value = std::move(value);
    node->place = Node::Place::constant;
    return {node, std::move(type)};
  }

  Typed number_literal(std::uint32_t begin, std::string_view digits) {
    const auto number = Number::parse(digits);
    if (!number) fail_at(begin, "feel.number_too_large", "数字超出范围", "The number is out of range");
    return literal(begin, *number, Type::Kind::number);
  }

  Typed string_literal() {
    const auto begin = cursor_.at();
    const auto text = cursor_.take_string();
    if (!text) fail_at(begin, "feel.syntax", "字符串缺少结尾的引号", "The string has no closing quote");
    return literal(begin, std::string_view(*text), Type::Kind::string);
  }

  Typed temporal_literal() {
    const auto begin = cursor_.at();
    cursor_.take("@");
    const auto text = cursor_.take_string();
    if (text) {
      if (const auto date = Date::parse(*text)) return literal(begin, *date, Type::Kind::date);
      if (const auto at = DateTime::parse(*text)) return literal(begin, *at, Type::Kind::date_time);
      if (const auto time = Time::parse(*text)) return literal(begin, *time, Type::Kind::time);
      if (const auto months = parse_months(*text)) return literal(begin, *months, Type::Kind::months);
      if (const auto duration = parse_duration(*text)) return literal(begin, *duration, Type::Kind::duration);
    }
    fail_at(begin, "feel.temporal_literal", "@ 后应是日期、时间或时长,如 @\"2020-01-31\"",
            "@ needs a date, time or duration behind it, such as @\"2020-01-31\"");
  }

  Typed word() {
    const auto begin = cursor_.at();
    const auto first = cursor_.peek_word();
    const auto reserved = std::ranges::find(reserved_words, first) != reserved_words.end();
    // A name may begin with a reserved word ("for sale"), but is then longer than it.
    if (reserved) {
      const auto named = names_.take(cursor_);
      if (named.node != nullptr && cursor_.at() > begin + first.size()) return named;
      cursor_.go_to(begin);
    } else {
      if (const auto named = names_.take(cursor_); named.node != nullptr) return named;
      if (first.empty()) unexpected("一个值", "a value");
      fail_at(begin, "feel.unknown_name", "不认识的名称“" + std::string(first) + "”",
              "The name '" + std::string(first) + "' is not known here");
    }
    if (cursor_.take_word("true")) return literal(begin, true, Type::Kind::boolean);
    if (cursor_.take_word("false")) return literal(begin, false, Type::Kind::boolean);
    if (cursor_.take_word("null")) return literal(begin, {}, Type::Kind::null);
    if (cursor_.take_word("if")) return conditional(begin);
    if (cursor_.take_word("for")) return iteration(begin);
    if (cursor_.take_word("some")) return quantified(begin, NK::some);
    if (cursor_.take_word("every")) return quantified(begin, NK::every);
    if (cursor_.take_word("function")) return function(begin);
    unexpected("一个值", "a value");
  }

  Typed conditional(std::uint32_t begin) {
    const auto condition = expression();
    expect_word("then");
    const auto yes = expression();
    expect_word("else");
    const auto no = expression();
    return {close(make(NK::conditional, begin), {condition.node, yes.node, no.node}),
            yes.type == no.type ? yes.type : Type()};
  }

  /// The variables of `for`, `some` and `every`; each domain sees the variables before it.
  void iterators(std::vector<const Node*>& domains, std::vector<std::uint32_t>& slots) {
    do {
      const auto name = cursor_.take_name(true);
      if (name.empty()) unexpected("变量名", "a variable's name");
      expect_word("in");
      auto domain = expression();
      if (cursor_.take("..")) {
        const auto to = expression();
        domain = {close(make(NK::iterated_range, domain.node->begin), {domain.node, to.node}),
                  Type::list(Type::Kind::number)};
      }
      domains.push_back(domain.node);
      slots.push_back(names_.declare(name, domain.type.is(Type::Kind::list) ? domain.type.element() : Type()));
    } while (cursor_.take(","));
  }

  Typed iteration(std::uint32_t begin) {
    auto* node = make(NK::iteration, begin);
    const auto mark = names_.mark();
    std::vector<const Node*> children;
    std::vector<std::uint32_t> slots;
    iterators(children, slots);
    expect_word("return");
    slots.push_back(names_.declare("partial", Type::list({})));
    const auto body = expression();
    node->flag = names_.was_used(slots.back());
    names_.forget_from(mark);
    children.push_back(body.node);
    node->slots = store_->keep(std::move(slots));
    return {close(node, std::move(children)), Type::list(body.type)};
  }

  Typed quantified(std::uint32_t begin, NK kind) {
    auto* node = make(kind, begin);
    const auto mark = names_.mark();
    std::vector<const Node*> children;
    std::vector<std::uint32_t> slots;
    iterators(children, slots);
    expect_word("satisfies");
    children.push_back(expression().node);
    names_.forget_from(mark);
    node->slots = store_->keep(std::move(slots));
    return {close(node, std::move(children)), Type::Kind::boolean};
  }

  Typed function(std::uint32_t begin) {
    expect("(");
    auto* node = make(NK::function, begin);
    names_.enter_function();
    const auto mark = names_.mark();
    std::vector<std::string> parameters;
    std::vector<Type> types;
    if (!cursor_.take(")")) {
      do {
        parameters.push_back(cursor_.take_name());
        if (parameters.back().empty()) unexpected("参数名", "a parameter's name");
        types.push_back(cursor_.take(":") ? type() : Type());
        names_.declare(parameters.back(), types.back());
      } while (cursor_.take(","));
      expect(")");
    }
    const bool external = cursor_.take_word("external");
    const auto outer = std::exchange(endpoint_, false);
    const auto body = expression();
    endpoint_ = outer;
    names_.forget_from(mark);
    auto left = names_.leave_function();
    if (external) node->kind = NK::external;
    auto function_type = Type::function(types, body.type, parameters);
    node->keys = std::make_shared<const Keys>(std::move(parameters));
    node->type = body.type;
    node->types = store_->keep(std::move(types));
    node->locals = left.slots;
    node->slots = store_->keep(std::move(left.capture_slots));
    left.captured.insert(left.captured.begin(), body.node);
    close(node, std::move(left.captured));
    return {node, function_type};
  }

  Typed parenthesis() {
    const auto begin = cursor_.at();
    cursor_.take("(");
    const Level level(*this);
    const auto outer = std::exchange(endpoint_, false);
    if (const auto comparator = take_comparator(); comparator != Op::none) {
      const auto range = compared_test(begin, comparator);
      expect(")");
      endpoint_ = outer;
      return range;
    }
    const auto inside = expression();
    endpoint_ = outer;
    if (cursor_.take("..")) return range_from(begin, false, inside);
    expect(")");
    return inside;
  }

  Typed list_or_range() {
    const auto begin = cursor_.at();
    cursor_.take("[");
    const Level level(*this);
    const auto outer = std::exchange(endpoint_, false);
    std::vector<const Node*> items;
    Type element;
    if (!cursor_.take("]")) {
      do {
        const auto item = expression();
        if (items.empty()) element = item.type;
        if (!(element == item.type)) element = {};
        items.push_back(item.node);
        if (items.size() == 1 && cursor_.take("..")) {
          endpoint_ = outer;
          return range_from(begin, true, item);
        }
      } while (cursor_.take(","));
      expect("]");
    }
    endpoint_ = outer;
    return {close(make(NK::list, begin), std::move(items)), Type::list(element)};
  }

  Typed endpoint() {
    const Level level(*this);
    const auto outer = std::exchange(endpoint_, true);
    auto end = addition();
    endpoint_ = outer;
    return end;
  }

  Typed range_to(std::uint32_t begin, bool low_closed) {
    const auto low = endpoint();
    expect("..");
    return range_from(begin, low_closed, low);
  }

  Typed range_from(std::uint32_t begin, bool low_closed, const Typed& low) {
    const auto high = endpoint();
    auto* node = make(NK::range, begin);
    node->low_closed = low_closed;
    node->high_closed = cursor_.take("]");
    if (!node->high_closed && !cursor_.take(")") && !cursor_.take("[")) unexpected("“]”、“)”或“[”", "']', ')' or '['");
    return {close(node, {low.node, high.node}), Type::range(low.type)};
  }

  Typed context() {
    const auto begin = cursor_.at();
    cursor_.take("{");
    const Level level(*this);
    const auto outer = std::exchange(endpoint_, false);
    auto* node = make(NK::context, begin);
    const auto mark = names_.mark();
    std::vector<std::string> keys;
    std::vector<const Node*> values;
    std::vector<std::uint32_t> slots;
    Type::Fields fields;
    if (!cursor_.take("}")) {
      do {
        cursor_.skip_space();
        const auto key_at = cursor_.at();
        auto quoted = cursor_.take_string();
        auto key = quoted ? std::move(*quoted) : cursor_.take_name();
        if (key.empty() && !quoted) unexpected("名称", "a key");
        expect(":");
        if (std::ranges::find(keys, key) != keys.end())
          fail_at(key_at, "feel.duplicate_key", "“" + key + "”在上下文中出现两次",
                  "The key '" + key + "' occurs twice");
        names_.hint(key);
        const auto value = expression();
        values.push_back(value.node);
        slots.push_back(names_.declare(key, value.type));
        fields.emplace_back(key, value.type);
        keys.push_back(std::move(key));
      } while (cursor_.take(","));
      expect("}");
    }
    names_.forget_from(mark);
    endpoint_ = outer;
    node->keys = std::make_shared<const Keys>(std::move(keys));
    node->slots = store_->keep(std::move(slots));
    return {close(node, std::move(values)), Type::context(std::move(fields))};
  }

  // --- Unary tests -------------------------------------------------------------------------------------------------

  std::vector<const Node*> take_tests() {
    std::vector<const Node*> tests;
    do {
      tests.push_back(test().node);
    } while (cursor_.take(","));
    return tests;
  }

  Typed test() {
    cursor_.skip_space();
    const auto begin = cursor_.at();
    if (const auto comparator = take_comparator(); comparator != Op::none) return compared_test(begin, comparator);
    return expression();
  }

  /// `< 5` as a range without a lower end.
  Typed compared_test(std::uint32_t begin, Op comparator) {
    const auto operand = endpoint();
    auto* node = make(NK::range, begin);
    node->op = comparator;
    const bool is_low = comparator == Op::greater || comparator == Op::not_equal || comparator == Op::greater_equal ||
                        comparator == Op::equal;
    const bool is_high = comparator == Op::less || comparator == Op::less_equal || comparator == Op::equal;
    node->low_closed = comparator == Op::greater_equal || comparator == Op::equal;
    node->high_closed = comparator == Op::less_equal || comparator == Op::equal;
    return {close(node, {is_low ? operand.node : nullptr, is_high ? operand.node : nullptr}),
            Type::range(operand.type)};
  }

  // --- Types -------------------------------------------------------------------------------------------------------

  std::optional<Type> take_type() {
    if (cursor_.take_word("list")) return Type::list(takes_angle() ? angle_type() : Type());
    if (cursor_.take_word("range")) return Type::range(takes_angle() ? angle_type() : Type());
    if (cursor_.take_word("context")) return takes_angle() ? context_type() : Type(Type::Kind::context);
    if (cursor_.take_word("function")) return takes_angle() ? function_type() : Type(Type::Kind::function);
    constexpr std::size_t type_name_parts_max = 20;
    const auto parts = cursor_.name_parts(type_name_parts_max);
    for (auto count = parts.size(); count > 0; --count) {
      const auto key = name_key(parts, count);
      Type simple;
      const auto* declared = scope_.find_type(key);
      if (declared == nullptr && !Type::simple(key, simple)) continue;
      cursor_.go_to(parts[count - 1].end);
      return declared == nullptr ? simple : *declared;
    }
    return std::nullopt;
  }

  bool takes_angle() { return cursor_.take("<"); }

  Type angle_type() {
    auto element = type();
    expect(">");
    return element;
  }

  Type context_type() {
    Type::Fields fields;
    do {
      auto name = cursor_.take_name();
      if (name.empty()) unexpected("名称", "a key");
      expect(":");
      fields.emplace_back(std::move(name), type());
    } while (cursor_.take(","));
    expect(">");
    return Type::context(std::move(fields));
  }

  Type function_type() {
    std::vector<Type> parameters;
    if (!cursor_.take(">")) {
      do {
        parameters.push_back(type());
      } while (cursor_.take(","));
      expect(">");
    }
    expect("->");
    return Type::function(std::move(parameters), type());
  }

 public:
  Type whole_type() {
    auto taken = type();
    expect_end();
    return taken;
  }

 private:
  std::shared_ptr<NodeStore> store_;
  Cursor cursor_;
  Names names_;
  const Scope& scope_;
  std::vector<Clash> clashes_;
  int level_ = 0;
  bool endpoint_ = false;  // inside the upper end of a range, where "[" may close it
};

template <typename T, typename Take>
Result<T> parse_with(std::string_view text, const Scope& scope, const ParseOptions& options, Take take) {
  if (text.size() > text_bytes_max)
    return fail("feel.too_long", "表达式过长,请拆成几个", "The expression is too long; split it");
  if (!is_utf8(text)) return fail("feel.encoding", "表达式不是有效的 UTF-8 文本", "The expression is not valid UTF-8");
  try {
    Parser parser(text, scope, options);
    return take(parser);
  } catch (const SyntaxError& error) {
    const NodeStore source{std::string(text)};
    Place place;
    place.cell = source.place(error.at);
    return fail(error.code, error.message.zh, error.message.en, std::move(place));
  }
}

}  // namespace

Result<Expression> parse(std::string_view text, const Scope& scope, const ParseOptions& options) {
  return parse_with<Expression>(text, scope, options, [](Parser& parser) { return parser.whole_expression(); });
}

Result<Expression> parse_unary_tests(std::string_view text, const Scope& scope, const ParseOptions& options) {
  return parse_with<Expression>(text, scope, options, [](Parser& parser) { return parser.whole_unary_tests(); });
}

Result<Type> parse_type(std::string_view text, const Scope& scope) {
  return parse_with<Type>(text, scope, {}, [](Parser& parser) { return parser.whole_type(); });
}

}  // namespace zhijia::feel
