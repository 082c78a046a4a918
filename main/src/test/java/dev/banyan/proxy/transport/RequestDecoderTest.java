package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each request is read whole and byte by byte, and with others around it: where the reads happen
/// to end must not change what is read.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class RequestDecoderTest {
  private static final String NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\n X: a\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\r\n \r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
        " GET / HTTP/1.1\r\n\r\n",
        "\u0000GET / HTTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET /  HTTP/1.1\r\n\r\n",
        "GET\t/ HTTP/1.1\r\n\r\n",
        "GET /\tHTTP/1.1\r\n\r\n",
        "GET /\u000BHTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        "GET / HTTP/1.1\n\r\n",
        "GET / HTTP/1.1\r\r\n\r\n",
        "GET /\r/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\rY: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\rX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nX\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nX : a\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \u007f\r\n\r\n",
        "G@T / HTTP/1.1\r\n\r\n",
        "GET / http/1.1\r\n\r\n",
        "POST / HTTP/1.0\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\nab",
        "POST / HTTP/1.0\r\nContent-Length: 1, 1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: 1 1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent_Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\n-content.length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a\n\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n100000005\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX : a\r\n\r\n",
      })
  void refusesAndReadsNothingAfterwards(String request) {
    for (int size : new int[] {1, 7, Integer.MAX_VALUE}) {
      for (String before :
          new String[] {"", NEXT, "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\n "}) {
        List<HttpObject> read = read(before + request + NEXT, size);
        assertThat(read.getLast().decoderResult().isFailure()).as(before).isTrue();
        assertThat(read.stream().filter(one -> one.decoderResult().isFailure())).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /a HTTP/1.1\r\n\r\n",
        "\r\n\r\nGET /a HTTP/1.1\r\nX: \r\nY:b\r\n\r\n",
        "GET /a HTTP/1.0\r\nX:  a\t \r\n\r\n",
        "M-SEARCH /a HTTP/1.1\r\nTransferring: a\r\nContent-Language: en\r\n\r\n",
        "POST /a HTTP/1.1\r\ncontent-length: 3\r\n\r\n\n b",
        "POST /a HTTP/1.1\r\n"
            + "TRANSFER-ENCODING: Chunked\r\n\r\n"
            + "3;a=b\r\n\n"
            + " b\r\n"
            + "000\r\n"
            + "X: a\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
      })
  void readsWhatIsCleanAndTheNextAfterIt(String request) {
    for (int size : new int[] {1, 7, Integer.MAX_VALUE}) {
      List<HttpObject> read = read(request + request + NEXT, size);
      assertThat(read).allMatch(one -> one.decoderResult().isSuccess());
      assertThat(targets(read)).containsExactly("/a", "/a", "/next");
    }
  }

  private static List<String> targets(List<HttpObject> read) {
    List<String> targets = new ArrayList<>();
    for (HttpObject one : read) {
      if (one instanceof HttpRequest request && one.decoderResult().isSuccess()) {
        targets.add(request.uri());
      }
    }
    return targets;
  }

  private static List<HttpObject> read(String text, int size) {
    EmbeddedChannel channel = new EmbeddedChannel(new RequestDecoder(Http1.strict(200, 400)));
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int from = 0; from < bytes.length; from += Math.min(size, bytes.length)) {
      int length = Math.min(size, bytes.length - from);
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, length));
    }
    List<HttpObject> read = new ArrayList<>();
    HttpObject next;
    while ((next = channel.readInbound()) != null) {
      read.add(next);
      ReferenceCountUtil.release(next);
    }
    channel.finishAndReleaseAll();
    return read;
  }
}
