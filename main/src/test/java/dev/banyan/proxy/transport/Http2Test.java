package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Requests of HTTP/2 without TLS, to backends of HTTP/1.1.
class Http2Test {
  @Test
  void forwardsARequestAsOneOfHttp11() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      Http2Client.Answer answer =
          client.get(
              "/f/a?b=%2F", "cookie", "a=1", "x-mine", "7", "cookie", "b=2", "te", "trailers");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("legacy /f/a?b=%2F");
      assertThat(answer.header("via")).isEqualTo("1.1 banyan");
      assertThat(answer.header("x-request-id")).isNotNull();
      assertThat(answer.header("content-length")).isEqualTo("17");
      Message seen = legacy.seen.getFirst();
      assertThat(seen.startLine()).isEqualTo("GET /f/a?b=%2F HTTP/1.1");
      assertThat(seen.all("host")).containsExactly("shop");
      assertThat(seen.all("cookie")).containsExactly("a=1; b=2");
      assertThat(seen.all("x-mine")).containsExactly("7");
      assertThat(seen.all("via")).containsExactly("2 banyan");
      assertThat(seen.all("x-forwarded-proto")).containsExactly("http");
      assertThat(seen.all("te")).containsExactly("trailers");
      assertThat(seen.all("content-length")).isEmpty();
      assertThat(seen.all("transfer-encoding")).isEmpty();
    }
  }

  @Test
  void servesManyStreamsOnOneConnection() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      for (int i = 0; i < 50; i++) {
        client.open(true, Http2Client.head("GET", "/f/" + i));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(client.answer(2 * i + 1).text()).isEqualTo("legacy /f/" + i);
      }
    }
  }

  @Test
  void passesABodyOnWithItsLength() throws IOException {
    try (Backend legacy = reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a", "content-length", "6"));
      client.data(stream, "abc", false);
      client.data(stream, "def", true);

      assertThat(client.answer(stream).text()).isEqualTo("abcdef");
      assertThat(legacy.seen.getFirst().all("content-length")).containsExactly("6");
      assertThat(legacy.seen.getFirst().all("transfer-encoding")).isEmpty();
    }
  }

  @Test
  void passesABodyWithoutALengthOnInChunks() throws IOException {
    try (Backend legacy = reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.data(stream, "abc", false);
      client.data(stream, "", true);

      assertThat(client.answer(stream).text()).isEqualTo("abc");
      assertThat(legacy.seen.getFirst().all("transfer-encoding")).containsExactly("chunked");
    }
  }

  @Test
  void aLongBodyGoesThroughBothWays() throws IOException {
    String piece = "x".repeat(16_000);
    try (Backend legacy = reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      int room = 65_535;
      for (int i = 0; i < 60; i++) {
        while (room < piece.length()) {
          Http2Client.Frame frame = client.next();
          if (frame.type() == Http2Client.WINDOW_UPDATE && frame.stream() == stream) {
            room += frame.number();
          }
        }
        client.data(stream, piece, i == 59);
        room -= piece.length();
      }
      assertThat(client.answer(stream).body.size()).isEqualTo(60 * 16_000);
    }
  }

  @Test
  void passesTrailersOnBothWays() throws IOException {
    try (Backend legacy =
            new Backend((request, connection) -> {
              String body = new String(request.in().readNBytes(23), StandardCharsets.US_ASCII);
              connection.send(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + "1\r\n"
                      + (body.contains("x-sum: 9\r\n") ? "y" : "n")
                      + "\r\n0\r\nGrpc-Status: 0\r\n\r\n");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a", "te", "trailers"));
      client.data(stream, "abc", false);
      client.frame(
          Http2Client.HEADERS,
          Http2Client.END_HEADERS | Http2Client.END_STREAM,
          stream,
          Http2Client.block("x-sum", "9", "host", "evil"));

      Http2Client.Answer answer = client.answer(stream);
      assertThat(answer.text()).isEqualTo("y");
      assertThat(answer.blocks).hasSize(2);
      assertThat(answer.blocks.getLast().get("grpc-status")).hasToString("0");
    }
  }

  @Test
  void passesInterimAnswersOn() throws IOException {
    try (Backend legacy =
            new Backend((request, connection) -> {
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              request.requestBody();
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
              connection.ok("done");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream =
          client.open(
              false,
              Http2Client.head("POST", "/f/a", "content-length", "2", "expect", "100-continue"));
      while (!client.answers.containsKey(stream)) {
        client.next();
      }
      client.data(stream, "ok", true);

      Http2Client.Answer answer = client.answer(stream);
      assertThat(answer.blocks)
          .extracting(block -> String.valueOf(block.status()))
          .containsExactly("100", "103", "200");
      assertThat(answer.text()).isEqualTo("done");
    }
  }

  @Test
  void headAndBodilessAnswersEndWithTheirHead() throws IOException {
    try (Backend legacy =
            new Backend((request, connection) ->
                connection.send(
                    request.target().endsWith("204")
                        ? "HTTP/1.1 204 No Content\r\n\r\n"
                        : request.target().endsWith("304")
                            ? "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
                            : "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.get("/f/204").status()).isEqualTo(204);
      assertThat(client.get("/f/304").status()).isEqualTo(304);
      Http2Client.Answer head = client.answer(client.open(true, Http2Client.head("HEAD", "/f/a")));
      assertThat(head.header("content-length")).isEqualTo("9");
      assertThat(head.text()).isEmpty();
    }
  }

  @Test
  void optionsOfTheWholeServerIsPassedOn() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      Http2Client.Answer answer =
          client.answer(client.open(true, Http2Client.head("OPTIONS", "*")));
      assertThat(answer.text()).isEqualTo("legacy *");
    }
  }

  @Test
  void connectIsRefusedAndTheConnectionStays() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, ":method", "CONNECT", ":authority", "a:443");
      assertThat(client.answer(stream).status()).isEqualTo(501);
      assertThat(client.get("/f/a").status()).isEqualTo(200);
    }
  }

  @Test
  void anErrorOfTheGatewaysOwnLeavesTheOtherStreamsAlone() throws IOException {
    try (Rig rig =
            new Rig.Builder().service(Backend.service("legacy", Backend.deadPort())).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.get("/f/a").text()).contains("backend-unreachable");
      assertThat(client.get("/f/a").status()).isEqualTo(502);
    }
  }

  @Test
  void aBrokenAnswerIsResetAndTheConnectionStays() throws IOException {
    try (Backend legacy =
            new Backend((request, connection) -> {
              if (request.target().endsWith("half")) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                connection.socket.close();
              } else {
                connection.ok("whole");
              }
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      Http2Client.Answer half = client.get("/f/half");
      assertThat(half.ended).isFalse();
      assertThat(half.reset).isEqualTo((int) Http2Error.INTERNAL_ERROR.code());
      assertThat(client.get("/f/a").text()).isEqualTo("whole");
    }
  }

  @Test
  void aResetEndsTheRequestAtTheBackend() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> connection.in.read());
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, Http2Client.head("GET", "/f/a"));
      Rig.until(() -> legacy.seen.size() == 1);
      client.frame(Http2Client.RST_STREAM, 0, stream, Http2Client.number(8));
      Rig.until(() -> legacy.ended.get() == 1);
      Rig.until(() -> rig.ends.equals(List.of("client-gone 0")));
    }
  }

  @Test
  void anAnswerBeforeTheEndOfTheRequestEndsTheUploadWithoutAnError() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.data(stream, "abc", false);
      Http2Client.Answer answer = client.answer(stream);
      assertThat(answer.text()).isEqualTo("legacy /f/a");
      while (answer.reset < 0) {
        client.next();
      }
      assertThat(answer.reset).isZero();
      assertThat(client.get("/f/b").status()).isEqualTo(200);
    }
  }

  @Test
  void aCandidatesFailureIsMendedByTheLegacy() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend((request, connection) -> connection.status(500, "no"));
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.get("/f/a").text()).isEqualTo("legacy /f/a");
      assertThat(rig.outcomes).containsExactly("candidate 500", "legacy 200 fallback");
    }
  }

  @Test
  void anUpgradeToHttp2IsNotFollowed() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get(
          "/f/a",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAAQAAP__");
      assertThat(client.answer()).isEqualTo("200 legacy /f/a");
    }
  }

  @Test
  void aRequestThatOnlyBeginsLikeThePrefaceIsOneOfHttp11() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send("P");
      client.send("RI");
      client.send(" /f/a HTTP/1.1\r\nHost: shop\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 legacy /f/a");
    }
  }

  /// Reads what there is of a body, and has an answer for everything.
  static Backend answering() throws IOException {
    return new Backend((request, connection) -> {
      int bytes = request.requestBody().length;
      boolean head = request.method().equals("HEAD");
      String body = head ? "" : "an answer to " + bytes + " bytes";
      connection.ok(body);
    });
  }

  static Backend reading() throws IOException {
    return new Backend((request, connection) -> {
      String body = new String(request.requestBody(), StandardCharsets.ISO_8859_1);
      connection.ok(body);
    });
  }
}
