package dev.banyan.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyTest {
  @Test
  void copiesItsPiecesInOrderWhereverTheyBegin() {
    ByteBuffer second = ByteBuffer.wrap("xxlo!".getBytes(StandardCharsets.UTF_8)).position(2);
    Body body =
        new Body() {
          @Override
          public int length() {
            return 6;
          }

          @Override
          public List<ByteBuffer> pieces() {
            return List.of(ByteBuffer.wrap("hel".getBytes(StandardCharsets.UTF_8)), second);
          }

          @Override
          public void release() {}
        };
    assertThat(new String(body.toByteArray(), StandardCharsets.UTF_8)).isEqualTo("hello!");
    assertThat(second.position()).as("reading moves nothing").isEqualTo(2);
  }

  @Test
  void givesEveryReaderViewsOfItsOwn() {
    Body body = Body.of(new byte[] {1, 2, 3});
    body.pieces().getFirst().get();
    assertThat(body.pieces().getFirst().remaining()).isEqualTo(3);
    assertThat(body.pieces().getFirst().isReadOnly()).isTrue();
  }

  @Test
  void headersAreFoundWhateverTheirCaseAndKeptInOrder() {
    Headers headers = Headers.of("Set-Cookie", "a=1", "X", "y", "set-cookie", "b=2");
    assertThat(headers.all("SET-COOKIE")).containsExactly("a=1", "b=2");
    assertThat(headers.first("x")).contains("y");
    assertThat(headers.first("z")).isEmpty();
  }
}
