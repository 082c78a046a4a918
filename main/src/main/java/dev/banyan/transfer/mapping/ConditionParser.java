package dev.banyan.transfer.mapping;

import dev.banyan.transfer.mapping.Condition.Comparison;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads the part of SQL that means the same to every database and to us: columns compared with
/// literals, `is null`, `in`, `between`, `and`, `or`, `not`.
///
/// Everything else is refused. A change is tried by us, where the database would be asked too late.
final class ConditionParser {
  static final String SUBSET =
      "`where` takes columns compared with literals by =, <>, <, >, <=, >=, `in (…)`, `between …"
          + " and …`, `is null`, `is not null`, and these joined by `and`, `or`, `not`";
  private static final int DEEPEST = 50;

  private final Table table;
  private final List<Token> tokens;
  private int at;
  private int depth;
  private boolean alike = true;

  private ConditionParser(Table table, List<Token> tokens) {
    this.table = table;
    this.tokens = tokens;
  }

  /// @param alike whether the database finds the same rows by the same words; where text is
  ///   compared by a collation it may not, and must not be asked
  record Parsed(Condition condition, boolean alike) {}

  /// @throws IllegalArgumentException where it is not in the subset or does not fit the table
  static Parsed parse(String sql, Table table) {
    ConditionParser parser = new ConditionParser(table, Token.of(sql));
    Condition condition = parser.or();
    if (parser.at < parser.tokens.size()) {
      throw parser.unexpected();
    }
    return new Parsed(condition, parser.alike);
  }

  private Condition or() {
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException("`where` is nested deeper than " + DEEPEST);
    }
    Condition condition = and();
    while (word("or")) {
      condition = new Condition.Or(condition, and());
    }
    depth--;
    return condition;
  }

  private Condition and() {
    Condition condition = not();
    while (word("and")) {
      condition = new Condition.And(condition, not());
    }
    return condition;
  }

  private Condition not() {
    boolean negated = false;
    while (word("not")) {
      negated = !negated;
    }
    Condition condition = term();
    return negated ? new Condition.Not(condition) : condition;
  }

  private Condition term() {
    if (sign("(")) {
      Condition inner = or();
      expect(")");
      return inner;
    }
    int column = column();
    Column of = table.columns().get(column);
    if (word("is")) {
      return is(column, of);
    }
    boolean negated = word("not");
    if (word("in")) {
      Condition in = in(column, of);
      return negated ? new Condition.Not(in) : in;
    }
    if (word("between")) {
      Condition between = between(column, of);
      return negated ? new Condition.Not(between) : between;
    }
    Optional<Comparison> comparison = negated ? Optional.empty() : comparison();
    if (comparison.isPresent()) {
      return compared(column, of, comparison.get());
    }
    if (!negated && of.type().kind() == Kind.BOOLEAN) {
      return new Condition.IsTrue(column);
    }
    throw unexpected();
  }

  private Condition is(int column, Column of) {
    boolean negated = word("not");
    Condition condition;
    if (word("null")) {
      condition = new Condition.IsNull(column);
    } else if (of.type().kind() == Kind.BOOLEAN && (peek("true") || peek("false"))) {
      Condition value =
          new Condition.Compared(column, Comparison.EQUAL, word("true") || !word("false"));
      condition = new Condition.And(new Condition.Not(new Condition.IsNull(column)), value);
    } else {
      throw unexpected();
    }
    return negated ? new Condition.Not(condition) : condition;
  }

  private Condition in(int column, Column of) {
    expect("(");
    List<Object> values = new ArrayList<>();
    boolean withNull = false;
    do {
      if (word("null")) {
        withNull = true;
      } else {
        values.add(literal(of));
      }
    } while (sign(","));
    expect(")");
    equalities(of);
    return new Condition.In(column, values, withNull);
  }

  private Condition between(int column, Column of) {
    Condition from = compared(column, of, Comparison.AT_LEAST);
    if (!word("and")) {
      throw unexpected();
    }
    return new Condition.And(from, compared(column, of, Comparison.AT_MOST));
  }

  private Condition compared(int column, Column of, Comparison comparison) {
    Object value = literal(of);
    switch (comparison) {
      case EQUAL, DIFFERENT -> equalities(of);
      case LESS, GREATER, AT_MOST, AT_LEAST -> orders(of);
    }
    return new Condition.Compared(column, comparison, value);
  }

  private void equalities(Column of) {
    switch (of.type().kind()) {
      case TEXT, CHAR, ENUM -> alike &= of.binary();
      case REAL, DOUBLE, JSON, ARRAY, OTHER, TIME_TZ ->
          throw new IllegalArgumentException(
              "`where` can not compare " + of.name() + ", which is " + of.type().declared());
      case BYTES, BITS, TIMESTAMP_TZ -> alike = false;
      default -> {
        // numbers, dates and times, which everybody compares alike
      }
    }
  }

  private void orders(Column of) {
    equalities(of);
    boolean text =
        switch (of.type().kind()) {
          case TEXT, CHAR -> !of.binary();
          case ENUM, UUID, BOOLEAN, BITS -> true;
          default -> false;
        };
    if (text) {
      throw new IllegalArgumentException(
          "`where` can not order "
              + of.name()
              + ", which the database orders in its own way; compare it by = or in (…)");
    }
  }

  private Optional<Comparison> comparison() {
    for (String sign : List.of("=", "<>", "!=", "<=", ">=", "<", ">")) {
      if (sign(sign)) {
        return Optional.of(
            switch (sign) {
              case "=" -> Comparison.EQUAL;
              case "<>", "!=" -> Comparison.DIFFERENT;
              case "<=" -> Comparison.AT_MOST;
              case ">=" -> Comparison.AT_LEAST;
              case "<" -> Comparison.LESS;
              default -> Comparison.GREATER;
            });
      }
    }
    return Optional.empty();
  }

  private int column() {
    if (at >= tokens.size()) {
      throw unexpected();
    }
    Token token = tokens.get(at);
    if (token.form() != Token.Form.WORD && token.form() != Token.Form.QUOTED) {
      throw unexpected();
    }
    for (int i = 0; i < table.columns().size(); i++) {
      String name = table.columns().get(i).name();
      boolean same =
          token.form() == Token.Form.QUOTED
              ? name.equals(token.text())
              : name.equalsIgnoreCase(token.text());
      if (same) {
        at++;
        return i;
      }
    }
    boolean called = at + 1 < tokens.size() && tokens.get(at + 1).is("(");
    throw new IllegalArgumentException(
        called
            ? "`where` calls " + token.text() + "(…); " + SUBSET
            : "`where` names " + token.text() + ", and " + table.name() + " has no such column");
  }

  private Object literal(Column of) {
    boolean negative = sign("-");
    if (at >= tokens.size()) {
      throw unexpected();
    }
    Token token = tokens.get(at);
    boolean constant =
        switch (token.form()) {
          case TEXT, NUMBER -> true;
          case WORD -> token.is("true") || token.is("false");
          case QUOTED, SIGN -> false;
        };
    if (!constant) {
      throw unexpected();
    }
    at++;
    return Literal.of(of.name(), widest(of.type()), (negative ? "-" : "") + token.text());
  }

  /// A literal may have more digits than the column: `price > 1.005`.
  private static Type widest(Type type) {
    return type.kind() == Kind.DECIMAL || type.kind() == Kind.INTEGER
        ? new Type(type.kind() == Kind.INTEGER ? Kind.DECIMAL : type.kind(), 0, -1, type.declared())
        : type;
  }

  private boolean peek(String word) {
    return at < tokens.size() && tokens.get(at).is(word);
  }

  private boolean word(String word) {
    boolean found = peek(word) && tokens.get(at).form() == Token.Form.WORD;
    at += found ? 1 : 0;
    return found;
  }

  private boolean sign(String sign) {
    boolean found = peek(sign) && tokens.get(at).form() == Token.Form.SIGN;
    at += found ? 1 : 0;
    return found;
  }

  private void expect(String sign) {
    if (!sign(sign)) {
      throw unexpected();
    }
  }

  private IllegalArgumentException unexpected() {
    String what = at < tokens.size() ? "`" + tokens.get(at).text() + "`" : "its end";
    return new IllegalArgumentException("`where` is not understood at " + what + "; " + SUBSET);
  }

  /// One word, name, literal or sign of SQL.
  record Token(Form form, String text) {
    enum Form {
      WORD,
      QUOTED,
      TEXT,
      NUMBER,
      SIGN
    }

    boolean is(String wanted) {
      return (form == Form.WORD || form == Form.SIGN)
          && text.toLowerCase(Locale.ROOT).equals(wanted);
    }

    static List<Token> of(String sql) {
      List<Token> tokens = new ArrayList<>();
      int at = 0;
      while (at < sql.length()) {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
          at++;
          continue;
        }
        int end = end(sql, at, c);
        tokens.add(token(sql.substring(at, end), c));
        at = end;
      }
      return tokens;
    }

    private static int end(String sql, int from, char c) {
      int end = from + 1;
      if (c == '\'' || c == '"' || c == '`') {
        while (true) {
          int close = sql.indexOf(c, end);
          if (close < 0) {
            throw new IllegalArgumentException("`where` has a " + c + " that is not closed");
          }
          end = close + 1;
          if (end >= sql.length() || sql.charAt(end) != c) {
            return end;
          }
          end++;
        }
      }
      if (Character.isLetter(c) || c == '_') {
        while (end < sql.length()
            && (Character.isLetterOrDigit(sql.charAt(end)) || "_$".indexOf(sql.charAt(end)) >= 0)) {
          end++;
        }
        return end;
      }
      if (Character.isDigit(c)) {
        while (end < sql.length()
            && (Character.isDigit(sql.charAt(end)) || sql.charAt(end) == '.')) {
          end++;
        }
        return end;
      }
      boolean pair =
          end < sql.length()
              && List.of("<>", "!=", "<=", ">=").contains(sql.substring(from, end + 1));
      return pair ? end + 1 : end;
    }

    private static Token token(String text, char c) {
      if (c == '\'' || c == '"' || c == '`') {
        String quote = String.valueOf(c);
        String inner = text.substring(1, text.length() - 1).replace(quote + quote, quote);
        if (c == '\'' && inner.indexOf('\\') >= 0) {
          throw new IllegalArgumentException(
              "`where` has a text with a backslash, which databases read in different ways");
        }
        return new Token(c == '\'' ? Form.TEXT : Form.QUOTED, inner);
      }
      if (Character.isLetter(c) || c == '_') {
        return new Token(Form.WORD, text);
      }
      return new Token(Character.isDigit(c) ? Form.NUMBER : Form.SIGN, text);
    }
  }
}
