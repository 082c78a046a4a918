package dev.banyan.store.rows;

import dev.banyan.access.Role;
import dev.banyan.access.Token;
import dev.banyan.access.TokenStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Tokens as rows.
public final class TokenRows implements TokenStore {
  private final Transactions database;

  public TokenRows(Transactions database) {
    this.database = database;
  }

  @Override
  public List<Token> list() {
    return database.transaction(
        "the tokens can not be read",
        connection -> {
          List<Token> all = new ArrayList<>();
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "select name, role, hash, created, expires from token order by name");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              all.add(token(row));
            }
          }
          return all;
        });
  }

  private static Token token(ResultSet row) throws SQLException {
    String name = row.getString("name");
    String expires = row.getString("expires");
    try {
      return new Token(
          name,
          Role.of(row.getString("role")).orElseThrow(IllegalArgumentException::new),
          row.getString("hash"),
          Instant.parse(row.getString("created")),
          expires == null ? null : Instant.parse(expires));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new UncheckedIOException(
          new IOException("the token '" + name + "' is unreadable: it was damaged or edited", e));
    }
  }

  @Override
  public boolean save(Token token) {
    Instant expires = token.expires();
    return database.transaction(
        "the token '" + token.name() + "' can not be written",
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into token (name, role, hash, created, expires) values (?, ?, ?, ?, ?)"
                      + " on conflict (name) do nothing")) {
            insert.setString(1, token.name());
            insert.setString(2, token.role().word());
            insert.setString(3, token.hash());
            insert.setString(4, token.created().toString());
            insert.setString(5, expires == null ? null : expires.toString());
            return insert.executeUpdate() == 1;
          }
        });
  }

  @Override
  public boolean delete(String name) {
    return database.transaction(
        "the token '" + name + "' can not be revoked",
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("delete from token where name = ?")) {
            delete.setString(1, name);
            return delete.executeUpdate() == 1;
          }
        });
  }
}
