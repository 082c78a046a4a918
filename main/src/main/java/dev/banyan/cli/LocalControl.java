package dev.banyan.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Talks to the running process over the socket in its data directory: a line of JSON there, a line
/// of JSON back.
final class LocalControl {
  private static final String SOCKET = "control.sock";
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final Path file;

  /// @param data the data directory of the process
  LocalControl(Path data) {
    this.file = data.resolve(SOCKET);
  }

  Answer ask(Map<String, Object> question) {
    JsonNode answer;
    try {
      answer = MAPPER.readTree(line(MAPPER.writeValueAsString(question) + "\n"));
    } catch (IOException | IllegalArgumentException | JacksonException e) {
      throw new CommandFailedException(
          ExitCode.UNREACHABLE,
          "no answer over '"
              + file
              + "' ("
              + e.getMessage()
              + "): is that the data directory of a running gateway of this machine's? Name it with"
              + " --data");
    }
    return answer.has("code") ? new Answer.Refused(answer) : new Answer.Given(answer);
  }

  private String line(String question) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file));
        Selector selector = Selector.open()) {
      ByteBuffer out = ByteBuffer.wrap(question.getBytes(StandardCharsets.UTF_8));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer in = ByteBuffer.allocate(8_192);
      while (true) {
        if (selector.select(ANSWER.toMillis()) == 0) {
          throw new IOException("nothing came within " + ANSWER.toSeconds() + " s");
        }
        selector.selectedKeys().clear();
        if (channel.read(in) < 0) {
          return answer.toString(StandardCharsets.UTF_8);
        }
        answer.write(in.array(), 0, in.position());
        in.clear();
      }
    }
  }
}
