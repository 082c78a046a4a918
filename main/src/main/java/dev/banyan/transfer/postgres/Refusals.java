package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// Tells a row that does not fit from everything else that can go wrong, and finds out which it is.
final class Refusals {
  /// `Key (id)=(5) already exists.`
  private static final Pattern DETAIL =
      Pattern.compile("Key \\((.*?)\\)=\\((.*?)\\) ", Pattern.DOTALL);

  /// `COPY people, line 3, column name: "…"`
  private static final Pattern CONTEXT =
      Pattern.compile("COPY .*?, line (\\d+)(?:, column ([^:\\n]+))?");

  private Refusals() {}

  /// Data exceptions, violated constraints, what a trigger raises, and text that is not valid.
  static boolean isRow(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.equals("P0001"));
  }

  /// @param keys the key of a line of a `COPY`, counted from one; empty text where it is not known
  /// @throws SQLException `e` itself, where it is not a row's fault
  static RowRefused of(TableName table, SQLException e, LongFunction<String> keys)
      throws SQLException {
    if (!isRow(e)) {
      throw e;
    }
    ServerErrorMessage server = e instanceof PSQLException own ? own.getServerErrorMessage() : null;
    if (server == null) {
      return new RowRefused(table, "", "", text(e.getMessage()), e);
    }
    String key = "";
    String column = text(server.getColumn());
    Matcher context = CONTEXT.matcher(text(server.getWhere()));
    if (context.find()) {
      key = keys.apply(Long.parseLong(context.group(1)));
      column = column.isEmpty() ? text(context.group(2)) : column;
    } else {
      key = keys.apply(0);
    }
    Matcher detail = DETAIL.matcher(text(server.getDetail()));
    if (detail.find()) {
      column = column.isEmpty() ? detail.group(1) : column;
      key = key.isEmpty() ? detail.group(2) : key;
    }
    return new RowRefused(table, key, column, why(server), e);
  }

  private static String why(ServerErrorMessage server) {
    String constraint = text(server.getConstraint());
    return text(server.getMessage())
        + (constraint.isEmpty() ? "" : " (constraint " + constraint + ")");
  }

  private static String text(@Nullable String given) {
    return given == null ? "" : given;
  }
}
