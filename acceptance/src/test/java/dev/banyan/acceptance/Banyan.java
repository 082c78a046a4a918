package dev.banyan.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The packaged program, running with a directory and ports of its own.
///
/// It may be killed and started again: it then finds the same data on the same ports. Closing it
/// ends the process and removes the directory. One thread starts and stops it; any may ask it.
final class Banyan implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("banyan: serving on \\S+:(\\d+), control on http://\\S+:(\\d+)");
  private static final String FREE = "127.0.0.1:0";

  private final Path home;
  private final String control;
  private String head;
  private String config;
  private int port;
  private int controlPort;
  private Process process;
  private boolean stopped;
  private String transcript = "";

  private Banyan(String control, String config) throws Exception {
    this.home = Files.createTempDirectory("banyan-acceptance");
    this.control = control;
    this.head = head(FREE, control);
    this.config = config;
    Transcripts.watch(this);
    Files.writeString(file(), yaml());
    this.process = launch();
    awaitReady();
  }

  /// Starts the program and returns when it serves.
  ///
  /// @param config `banyan.yaml` without `listen` and `control`
  static Banyan serving(String config) throws Exception {
    return serving("listen: " + FREE, config);
  }

  /// The same with more keys in `control`.
  static Banyan serving(String control, String config) throws Exception {
    return new Banyan(control, config);
  }

  /// A connection of its own to the gateway.
  Client client() {
    return new Client(port);
  }

  int port() {
    return port;
  }

  Control control() {
    return new Control(controlUrl());
  }

  String controlUrl() {
    return "http://127.0.0.1:" + controlPort;
  }

  /// Whether nobody can connect any more.
  boolean refuses() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }

  /// The process, as the system knows it.
  long pid() {
    return process.pid();
  }

  /// Runs a command against this program's control plane.
  Program.Ended command(String... arguments) throws IOException, InterruptedException {
    return Program.run(
        Program.banyan(arguments), environment -> environment.put("BANYAN_CONTROL", controlUrl()));
  }

  Path file() {
    return home.resolve("banyan.yaml");
  }

  Path data() {
    return home.resolve("data");
  }

  /// Replaces the file's services and families at once, as an editor does that renames.
  void replace(String next) throws IOException {
    config = next;
    Path draft = home.resolve("banyan.yaml.new");
    Files.writeString(draft, yaml());
    Files.move(draft, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Writes into the file, as an editor does that keeps it.
  void overwrite(String next) throws IOException {
    config = next;
    Files.writeString(file(), yaml());
  }

  /// Ends the process as a power cut does.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Sends it a signal, such as `STOP`.
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
    stopped = name.equals("STOP");
  }

  /// Whether it can be asked: it runs, and no signal has stopped it.
  boolean isAnswering() {
    return process.isAlive() && !stopped;
  }

  /// Asks the process to end, as an operator does.
  ///
  /// @return its exit code
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the program did not stop within 30 s of being asked to");
    }
    return process.exitValue();
  }

  /// Starts it again, after [#kill] or [#stop], on the same data and the same ports.
  void start() throws Exception {
    head = head("127.0.0.1:" + port, control.replaceFirst(":0\\b", ":" + controlPort));
    Files.writeString(file(), yaml());
    process = launch();
    awaitReady();
  }

  String stdout() {
    return read("stdout");
  }

  String stderr() {
    return read("stderr");
  }

  /// What the program has said so far, for the message of a failed test.
  String transcript() {
    return Files.exists(home) ? "stdout:\n" + stdout() + "\nstderr:\n" + stderr() : transcript;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    transcript = transcript();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private String yaml() {
    return head + config;
  }

  /// Stays as it was when the program was started: an edit of the rest must not look like another
  /// address to listen on.
  private static String head(String listen, String control) {
    return "listen: " + listen + "\ncontrol: { " + control + " }\n";
  }

  private Process launch() throws IOException {
    List<String> command = Program.banyan("run", file().toString(), "--data", data().toString());
    // The first start truncates these; a restart goes on in them, and only its own line counts.
    return new ProcessBuilder(command)
        .directory(home.toFile())
        .redirectOutput(ProcessBuilder.Redirect.to(home.resolve("stdout").toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(home.resolve("stderr").toFile()))
        .start();
  }

  private void awaitReady() throws Exception {
    try {
      Await.until(
          "the program says that it serves",
          () -> READY.matcher(stdout()).find() || !process.isAlive());
    } catch (AssertionError e) {
      kill();
      throw e;
    }
    Matcher ready = READY.matcher(stdout());
    if (!ready.find()) {
      throw new AssertionError(
          "the program ended with " + process.waitFor() + " instead of serving: " + stderr());
    }
    if (port == 0) {
      port = Integer.parseInt(ready.group(1));
      controlPort = Integer.parseInt(ready.group(2));
    }
  }

  private String read(String stream) {
    try {
      return Files.readString(home.resolve(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
