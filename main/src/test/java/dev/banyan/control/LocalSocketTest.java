package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.access.Role;
import dev.banyan.migration.Phase;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LocalSocketTest {
  @TempDir Path folder;

  private final FakeOperations operations = new FakeOperations(new EventFeed());
  private LocalSocket socket;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    socket = LocalSocket.listen(folder, operations);
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
  }

  private JsonNode ask(String line) throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(LocalSocket.NAME)))) {
      channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
      BufferedReader answer =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      return JsonMapper.shared().readTree(answer.readLine());
    }
  }

  @Test
  void aFamilyIsTakenBackWithoutAnyTokenAlsoWhereTokensAreInForce() throws Exception {
    operations.token("ann", Role.ADMIN);

    JsonNode answer =
        ask(
            "{\"rollback\":\"users\",\"to\":\"legacy\",\"reason\":\"fire\",\"actor\":\"ann@desk\"}");

    assertThat(answer.path("family").path("phase").asString()).isEqualTo("legacy");
    assertThat(operations.last())
        .isEqualTo(
            new Change.Rollback("users", Phase.Name.LEGACY, "fire", "ann@desk (local)", null));
  }

  @Test
  void whatIsWrongIsToldAsProblemDetails() throws Exception {
    assertThat(ask("nonsense").path("code").asString()).isEqualTo("request-invalid");
    assertThat(ask("{\"rollback\":\"nobody\",\"reason\":\"x\"}").path("code").asString())
        .isEqualTo("family-unknown");
    assertThat(ask("{\"rollback\":\"users\"}").path("code").asString()).isEqualTo("reason-missing");
    assertThat(
            ask("{\"rollback\":\"users\",\"reason\":\"x\",\"to\":\"moon\"}")
                .path("code")
                .asString())
        .isEqualTo("request-invalid");
    assertThat(operations.last()).isNull();
  }

  @Test
  void onlyItsOwnerMayUseIt() throws Exception {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve(LocalSocket.NAME))))
        .isEqualTo("rw-------");
  }

  @Test
  void whatAKilledProcessLeftBehindIsReplacedAndACloseTakesItAway() throws Exception {
    LocalSocket second = LocalSocket.listen(folder, operations);
    assertThat(ask("{}").path("code").asString()).isEqualTo("family-unknown");

    second.close();

    assertThat(folder.resolve(LocalSocket.NAME)).doesNotExist();
  }

  @Test
  void aPathThatIsTooLongForASocketIsToldAsSuch() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("d".repeat(120)));

    assertThatThrownBy(() -> LocalSocket.listen(deep, operations))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }
}
