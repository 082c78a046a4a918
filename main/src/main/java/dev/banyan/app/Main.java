package dev.banyan.app;

import dev.banyan.cli.CommandLineProgram;
import dev.banyan.cli.Environment;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.HashMap;
import java.util.Map;

/// Where the program begins.
public final class Main {
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
  private static final String FLIGHT_EVENTS = "io.netty.jfr.enabled";

  private static final String NAMES_REMEMBERED = "networkaddress.cache.ttl";

  private Main() {}

  public static void main(String[] arguments) {
    // The network library's watch for leaked buffers costs some 5 % of a request's CPU. The tests
    // run under it; whoever suspects a leak sets the property.
    setUnlessSet(LEAK_DETECTION, "disabled");
    // Its events of every buffer make the JDK load the flight recorder in each start.
    setUnlessSet(FLIGHT_EVENTS, "false");
    // Names are looked up again as often as each service says, so Java must not remember them for
    // longer than the shortest such pause.
    if (Security.getProperty(NAMES_REMEMBERED) == null) {
      Security.setProperty(NAMES_REMEMBERED, "1");
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(arguments, out, err);
    out.flush();
    err.flush();
    System.exit(code);
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /// Does what the words say.
  ///
  /// @return the exit code
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    String version = version();
    Environment environment =
        new Environment(version, variables(), Machine.name("unknown-host"), terminal());
    return new CommandLineProgram(environment, new Serving(out, err, version), out, err)
        .run(arguments);
  }

  /// The environment's, with the name of the user even where a container's leaves it out: the
  /// ledger names who asked.
  private static Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.putIfAbsent("USER", System.getProperty("user.name", "unnamed"));
    return variables;
  }

  /// Whether a person watches the standard output.
  @SuppressWarnings("SystemConsoleNull") // JDK 25 does return null where there is no terminal
  private static boolean terminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static String version() {
    String packaged = Main.class.getPackage().getImplementationVersion();
    return packaged == null ? "unpackaged" : packaged;
  }
}
