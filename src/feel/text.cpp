#include "builtins.hpp"
#include "feel/value.hpp"
#include "lexical.hpp"
#include "shared.hpp"

namespace zhijia::feel {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  return out + "\"";
}

enum class Style { plain, literal };

void write(std::string& out, const Value& value, Style style);

void write_range(std::string& out, const Range& range, Style style) {
  if (range.form == Range::Form::interval) {
    out += range.low_closed ? "[" : "(";
    write(out, range.low, style);
    out += "..";
    write(out, range.high, style);
    out += range.high_closed ? "]" : ")";
    return;
  }
  out += "(";
  if (range.form == Range::Form::exclusion)
    out += "!=";
  else if (range.low_closed && range.high_closed)
    out += "=";
  else if (range.low.is_null())
    out += range.high_closed ? "<=" : "<";
  else
    out += range.low_closed ? ">=" : ">";
  out += " ";
  write(out, range.low.is_null() ? range.high : range.low, style);
  out += ")";
}

/// A key as it may stand in a context literal: quoted unless it is a name.
std::string key_text(const std::string& key) {
  Cursor cursor(key);
  return !key.empty() && cursor.take_name() == key && key.find_first_of("./-'+*") == std::string::npos ? key
                                                                                                       : quoted(key);
}

void write(std::string& out, const Value& value, Style style) {
  const auto temporal = [&](const std::string& text) { out += style == Style::literal ? "@\"" + text + "\"" : text; };
  switch (value.kind()) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Kind::number:
      out += value.number().text();
      return;
    case Kind::string:
      out += quoted(value.string());
      return;
    case Kind::date:
      temporal(value.date().text());
      return;
    case Kind::time:
      temporal(value.time().text());
      return;
    case Kind::date_time:
      temporal(value.date_time().text());
      return;
    case Kind::months:
      temporal(value.months().text());
      return;
    case Kind::duration:
      temporal(value.duration().text());
      return;
    case Kind::range:
      write_range(out, value.range(), style);
      return;
    case Kind::list: {
      out += "[";
      for (const auto& item : value.items()) {
        if (&item != value.items().data()) out += ", ";
        write(out, item, style);
      }
      out += "]";
      return;
    }
    case Kind::context: {
      out += "{";
      for (std::size_t i = 0; i < value.keys().size(); ++i) {
        if (i != 0) out += ", ";
        out += key_text(value.keys()[i]) + ": ";
        write(out, value.entries()[i], style);
      }
      out += "}";
      return;
    }
    case Kind::function: {
      const auto& function = value.function();
      out += function.closure.node != nullptr
                 ? function.closure.tree->text().substr(function.closure.node->begin,
                                                        function.closure.node->end - function.closure.node->begin)
                 : std::string(function.builtin != nullptr ? function.builtin->name : "function");
      return;
    }
  }
}

}  // namespace

std::string text(const Value& value) {
  if (value.is(Kind::string)) return std::string(value.string());
  std::string out;
  write(out, value, Style::plain);
  return out;
}

std::string literal(const Value& value) {
  std::string out;
  write(out, value, Style::literal);
  return out;
}

}  // namespace zhijia::feel
