package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What statements in the log say of tables: rows are events of their own there, and statements are
/// DDL.
///
/// Reading is careful in one direction only: a statement that is not understood but names one of
/// the tables counts as having altered it.
final class Statements {
  private static final Pattern COMMENTS =
      Pattern.compile("/\\*(?![!M]).*?\\*/|^\\s*(--|#)[^\\n]*\\n", Pattern.DOTALL);
  private static final Pattern TOKEN =
      Pattern.compile("`((?:[^`]|``)*)`|'(?:[^'\\\\]|\\\\.|'')*'|[\\w$\\u0080-\\uffff]+|[.,();=]");
  private static final int SHOWN = 120;

  /// Clauses of ALTER TABLE that leave columns and key as they are.
  private static final Set<String> HARMLESS =
      Set.of("AUTO_INCREMENT", "COMMENT", "ALGORITHM", "LOCK", "FORCE", "ENABLE", "DISABLE");

  private static final Set<String> HARMLESS_PARTS =
      Set.of("INDEX", "KEY", "UNIQUE", "FULLTEXT", "SPATIAL", "FOREIGN", "CONSTRAINT", "CHECK");

  private Statements() {}

  static boolean undoesPart(String sql) {
    return sql.toUpperCase(Locale.ROOT).startsWith("ROLLBACK TO");
  }

  static List<Change> changes(String sql, String database, Predicate<TableName> ours) {
    List<String> tokens = tokens(sql);
    if (tokens.isEmpty()) {
      return List.of();
    }
    return switch (word(tokens, 0)) {
      case "TRUNCATE" -> truncated(tokens, database, ours);
      case "ALTER", "RENAME", "DROP", "CREATE" -> ddl(sql, tokens, database, ours);
      default -> List.of();
    };
  }

  private static List<Change> truncated(
      List<String> tokens, String database, Predicate<TableName> ours) {
    int at = word(tokens, 1).equals("TABLE") ? 2 : 1;
    return names(tokens, at, database).stream()
        .limit(1)
        .filter(ours)
        .<Change>map(Change.Truncate::new)
        .toList();
  }

  private static List<Change> ddl(
      String sql, List<String> tokens, String database, Predicate<TableName> ours) {
    int at = tableWord(tokens);
    if (at < 0 || word(tokens, 1).equals("TEMPORARY")) {
      return List.of();
    }
    List<Change> changes = new ArrayList<>();
    if (word(tokens, 0).equals("ALTER") && harmless(tokens, at)) {
      return changes;
    }
    String what = sql.length() > SHOWN ? sql.substring(0, SHOWN) + "…" : sql;
    for (TableName name : Set.copyOf(about(tokens, at, database))) {
      if (ours.test(name)) {
        changes.add(new Change.Altered(name, what));
      }
    }
    return changes;
  }

  /// The tables that a statement is about: all that it drops or renames, or the one it alters and
  /// what that one is called afterwards.
  private static List<TableName> about(List<String> tokens, int at, String database) {
    if (word(tokens, 0).equals("RENAME") || word(tokens, 0).equals("DROP")) {
      return names(tokens, at, database);
    }
    List<TableName> about =
        new ArrayList<>(names(tokens.subList(at, afterName(tokens, at)), 0, database));
    for (int i = at; i < tokens.size(); i++) {
      if (word(tokens, i).equals("RENAME")) {
        int to = Set.of("TO", "AS").contains(word(tokens, i + 1)) ? i + 2 : i + 1;
        int end = Math.min(tokens.size(), afterName(tokens, to));
        about.addAll(names(tokens.subList(to, end), 0, database));
      }
    }
    return about;
  }

  /// Where the table's name begins; -1 where the statement is about no table's columns, such as
  /// CREATE TRIGGER, CREATE INDEX or DROP VIEW.
  private static int tableWord(List<String> tokens) {
    for (int i = 1; i < Math.min(tokens.size(), 6); i++) {
      String word = word(tokens, i);
      if (word.equals("TABLE") || word.equals("TABLES")) {
        int at = i + 1;
        while (Set.of("IF", "NOT", "EXISTS").contains(word(tokens, at))) {
          at++;
        }
        return at;
      }
      if (!Set.of("OR", "REPLACE", "TEMPORARY", "ONLINE", "OFFLINE", "IGNORE").contains(word)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean harmless(List<String> tokens, int at) {
    int depth = 0;
    boolean begins = true;
    for (int i = afterName(tokens, at); i < tokens.size(); i++) {
      String word = word(tokens, i);
      if (begins && !harmlessClause(word, word(tokens, i + 1))) {
        return false;
      }
      depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
      begins = depth == 0 && word.equals(",");
    }
    return true;
  }

  private static boolean harmlessClause(String word, String next) {
    boolean changes = word.equals("ADD") || word.equals("DROP") || word.equals("RENAME");
    return HARMLESS.contains(word) || (changes && HARMLESS_PARTS.contains(next));
  }

  private static int afterName(List<String> tokens, int at) {
    return word(tokens, at + 1).equals(".") ? at + 3 : at + 1;
  }

  /// Every name among the tokens from a place on, with or without a database.
  private static List<TableName> names(List<String> tokens, int from, String database) {
    List<TableName> names = new ArrayList<>();
    for (int i = from; i < tokens.size(); i++) {
      if (word(tokens, i + 1).equals(".") && i + 2 < tokens.size()) {
        names.add(new TableName(bare(tokens.get(i)), bare(tokens.get(i + 2))));
        i += 2;
      } else {
        names.add(new TableName(database, bare(tokens.get(i))));
      }
    }
    return names;
  }

  private static List<String> tokens(String sql) {
    List<String> tokens = new ArrayList<>();
    Matcher token = TOKEN.matcher(COMMENTS.matcher(sql).replaceAll(" "));
    while (token.find()) {
      tokens.add(token.group());
    }
    return tokens;
  }

  private static String word(List<String> tokens, int at) {
    return at < tokens.size() ? tokens.get(at).toUpperCase(Locale.ROOT) : "";
  }

  private static String bare(String token) {
    return token.startsWith("`")
        ? token.substring(1, token.length() - 1).replace("``", "`")
        : token;
  }
}
