package dev.banyan.transfer.options;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One database of `banyan.yaml`.
///
/// @param url of JDBC, without credentials
/// @param user null for the driver's default, as likewise `password`
/// @param connections the most that are open at one time, those that follow a log not counted
/// @param applicationRoles the roles whose writes the fence stops; empty where nobody said any
public record DatabaseOptions(
    String name,
    String url,
    @Nullable String user,
    @Nullable Password password,
    int connections,
    List<String> applicationRoles) {
  /// What copies or compares rows holds one and may need another, to ask about the rows' columns,
  /// and so may what applies changes at the same time: with two, each could wait for the other's.
  public static final int LEAST_CONNECTIONS = 3;

  public DatabaseOptions {
    Objects.requireNonNull(name);
    applicationRoles = List.copyOf(applicationRoles);
    Engine.of(url);
    if (connections < LEAST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "a database needs " + LEAST_CONNECTIONS + " connections at least");
    }
  }

  public Engine engine() {
    return Engine.of(url);
  }

  /// The engines that rows can be moved between.
  public enum Engine {
    POSTGRESQL("jdbc:postgresql:", true),
    MARIADB("jdbc:mariadb:", true),
    MYSQL("jdbc:mysql:", true),
    SQLITE("jdbc:sqlite:", false),
    H2("jdbc:h2:", false);

    private final String scheme;
    private final boolean log;

    Engine(String scheme, boolean log) {
      this.scheme = scheme;
      this.log = log;
    }

    /// How its URLs begin.
    public String scheme() {
      return scheme;
    }

    /// Whether it has a log that can be followed; otherwise triggers keep one.
    public boolean hasLog() {
      return log;
    }

    /// @throws IllegalArgumentException where no engine has such a URL, which is not repeated: it
    ///   may hold a secret
    public static Engine of(String url) {
      for (Engine engine : values()) {
        if (url.startsWith(engine.scheme)) {
          return engine;
        }
      }
      throw new IllegalArgumentException("not the JDBC URL of an engine that is known");
    }
  }
}
