package dev.banyan.store.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;

/// What went wrong, in words for people and without credentials.
final class Failures {
  private final String place;

  Failures(PostgresOptions options) {
    // Parameters of the URL may hold anything.
    this.place = options.url().replaceFirst("[?;].*", "").replaceFirst("//[^/@]*@", "//");
  }

  UncheckedIOException unchecked(String what, Exception e) {
    return new UncheckedIOException(checked(what, e));
  }

  IOException checked(String what, Exception e) {
    return new IOException("'" + place + "': " + what + ": " + meaning(e), e);
  }

  private static String meaning(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return meaning(sql);
      }
    }
    return firstLine(e);
  }

  private static String meaning(SQLException e) {
    String state = e.getSQLState();
    return switch (state) {
      case "28P01", "28000" -> "user or password are refused; check store.user and store.password";
      case "3D000" -> "there is no such database; create it, or name another one in store.url";
      case "42501" ->
          "the user may not do that; let it create a schema in this database, or own store.schema";
      case "53100" -> "the server's disk is full; make room, what is in force stays in force";
      case "53300" -> "the server has no connection left; raise its max_connections";
      case "25006" ->
          "the server is a read-only standby; name the primary, or add targetServerType=primary to"
              + " store.url";
      case "57P01", "57P02", "57P03" ->
          "the server has ended the connection, or takes none: it is being stopped or started";
      case "57014", "55P03" -> "the server took too long; look at its load and at long locks";
      default ->
          state.startsWith("08")
              ? "the server can not be reached, or did not answer in time; check store.url and the"
                  + " network ("
                  + firstLine(e)
                  + ")"
              : firstLine(e);
    };
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
