package dev.banyan.control;

import dev.banyan.migration.Phase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The way in for when all else is gone: a socket in the data directory, over which a family is
/// taken back on this process alone. It needs neither the store, nor a token, nor the network;
/// whoever may open the directory may use it.
///
/// One question and one answer a connection, each a line of JSON: `{"rollback": FAMILY, "to"?,
/// "reason", "actor"?}`, answered as `POST /api/v1/families/FAMILY/rollback` is, or with problem
/// details.
public final class LocalSocket implements AutoCloseable {
  /// The file's name within the data directory.
  public static final String NAME = "control.sock";

  private static final Logger LOG = LoggerFactory.getLogger(LocalSocket.class);
  private static final int CALLERS = 8;
  private static final int LONGEST = 64 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Operations operations;
  private final Path file;
  private final ServerSocketChannel server;
  private final Semaphore callers = new Semaphore(CALLERS);

  private LocalSocket(Operations operations, Path file, ServerSocketChannel server) {
    this.operations = operations;
    this.file = file;
    this.server = server;
  }

  /// Listens in a directory that belongs to this process.
  ///
  /// @throws IOException with a message for people, when it can not
  public static LocalSocket listen(Path directory, Operations operations) throws IOException {
    Path file = directory.resolve(NAME);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      Files.deleteIfExists(file); // of a process that was killed
      server.bind(UnixDomainSocketAddress.of(file));
      // The directory lets nobody else in; this holds where somebody has opened it.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | UnsupportedOperationException e) {
      server.close();
      throw new IOException(
          "the socket '"
              + file.toAbsolutePath()
              + "' can not be made ("
              + e.getMessage()
              + "); its path may be too long: name a data directory with a shorter one",
          e);
    }
    LocalSocket socket = new LocalSocket(operations, file, server);
    Thread.ofVirtual().name("banyan-local").start(socket::accept);
    return socket;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel caller = server.accept();
        if (callers.tryAcquire()) {
          Thread.ofVirtual().start(() -> serve(caller));
        } else {
          caller.close();
        }
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.warn("a caller of {} was lost", file, e);
        }
      }
    }
  }

  private void serve(SocketChannel caller) {
    try (caller;
        Selector selector = Selector.open()) {
      caller.configureBlocking(false);
      caller.register(selector, SelectionKey.OP_READ);
      Optional<String> question = line(caller, selector);
      if (question.isPresent()) {
        answer(caller, selector, Json.bytes(answered(question.get())));
      }
    } catch (IOException e) {
      LOG.debug("a caller of {} went away", file, e);
    } catch (RuntimeException e) {
      LOG.error("a caller of {} could not be answered", file, e);
    } finally {
      callers.release();
    }
  }

  /// What comes before the first line break, or nothing where that does not come in time.
  private static Optional<String> line(SocketChannel caller, Selector selector) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(4_096);
    while (line.size() < LONGEST && selector.select(PATIENCE.toMillis()) > 0) {
      selector.selectedKeys().clear();
      if (caller.read(buffer) < 0) {
        return Optional.empty();
      }
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          return Optional.of(line.toString(StandardCharsets.UTF_8));
        }
        line.write(next);
      }
      buffer.clear();
    }
    return Optional.empty();
  }

  private static void answer(SocketChannel caller, Selector selector, byte[] document)
      throws IOException {
    ByteBuffer out = ByteBuffer.wrap(Arrays.copyOf(document, document.length + 1));
    out.put(document.length, (byte) '\n');
    caller.register(selector, SelectionKey.OP_WRITE);
    while (out.hasRemaining() && selector.select(PATIENCE.toMillis()) > 0) {
      selector.selectedKeys().clear();
      caller.write(out);
    }
  }

  private Object answered(String question) {
    try {
      return switch (operations.rollbackLocally(rollback(Json.MAPPER.readTree(question)))) {
        case Outcome.Done done -> Documents.RolledBack.of(done);
        case Outcome.Refused refused -> Documents.Problem.of(refused.refusal());
      };
    } catch (JacksonException e) {
      return Documents.Problem.of(
          Refusal.of(Refusal.Code.REQUEST_INVALID, "this is not a line of JSON"));
    } catch (RefusedException e) {
      return Documents.Problem.of(e.refusal());
    } catch (RuntimeException e) {
      LOG.error("a rollback over {} failed", file, e);
      return Documents.Problem.of(
          Refusal.of(Refusal.Code.FAULT, "Banyan could not do this; its log has the reason"));
    }
  }

  private Change.Rollback rollback(JsonNode question) {
    String family = question.path("rollback").asString("");
    if (operations.family(family).isEmpty()) {
      throw new RefusedException(
          Refusal.of(Refusal.Code.FAMILY_UNKNOWN, "no family is called '" + family + "'"));
    }
    String reason = question.path("reason").asString("").strip();
    if (reason.isEmpty()) {
      throw new RefusedException(
          Refusal.of(Refusal.Code.REASON_MISSING, "say why: the ledger keeps it"));
    }
    JsonNode to = question.path("to");
    Phase.Name target = to.isString() ? ChangeBody.phase(to.stringValue()) : null;
    String actor = question.path("actor").asString("unnamed");
    return new Change.Rollback(family, target, reason, actor + " (local)", null);
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(file);
  }
}
