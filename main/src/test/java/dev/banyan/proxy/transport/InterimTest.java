package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Interim answers (RFC 9110 §15.2), from a backend to a client.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class InterimTest {
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

  private static Client upload(Rig rig) throws IOException {
    return rig.client().request("POST", "/upload", "Expect: 100-continue", "Content-Length: 5");
  }

  @Test
  void aClientGetsTheWordToGoOnFromTheBackendItself() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> {
              assertThat(request.header("expect")).isEqualTo("100-continue");
              connection.send(CONTINUE);
              connection.ok(new String(request.requestBody(), ISO_8859_1));
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = upload(rig)) {
      assertThat(client.head().startLine()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(client.send("hello").answer()).isEqualTo("200 hello");
      assertThat(rig.outcomes).containsExactly("legacy 200");
    }
  }

  @Test
  void anAnswerInPlaceOfTheWordToGoOnEndsTheRequest() throws Exception {
    for (String status : new String[] {"417 Expectation Failed", "200 OK", "413 Too Much"}) {
      try (Backend legacy =
              new Backend((_, connection) ->
                  connection.send("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nno"));
          Rig rig = Rig.legacyAt(legacy).start();
          Client client = upload(rig)) {
        Message head = client.head();
        assertThat(head.startLine()).isEqualTo("HTTP/1.1 " + status);
        assertThat(head.answerText()).isEqualTo("no");
        // Whether the body still comes nobody can know.
        assertThat(client.isEnded()).isTrue();
        Rig.until(() -> legacy.ended.get() == 1);
        assertThat(legacy.seen).hasSize(1);
      }
    }
  }

  @Test
  void passesEveryInterimAnswerInOrderWithItsFields() throws Exception {
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(CONTINUE); // unasked
              connection.send("HTTP/1.1 102 Processing\r\n\r\n");
              for (int i = 0; i < 50; i++) {
                connection.send(
                    "HTTP/1.1 103 Early Hints\r\nLink: </"
                        + i
                        + ".css>; rel=preload\r\nConnection: x-own\r\nX-Own: 1\r\n\r\n");
              }
              connection.ok("done");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int round = 0; round < 2; round++) {
        client.get("/x");
        assertThat(client.head().startLine()).isEqualTo("HTTP/1.1 100 Continue");
        assertThat(client.head().startLine()).isEqualTo("HTTP/1.1 102 Processing");
        for (int i = 0; i < 50; i++) {
          Message hint = client.head();
          assertThat(hint.startLine()).isEqualTo("HTTP/1.1 103 Early Hints");
          assertThat(hint.fields()).containsExactly("Link: </" + i + ".css>; rel=preload");
        }
        assertThat(client.answer()).isEqualTo("200 done");
      }
      assertThat(legacy.accepted.get()).isEqualTo(1);
    }
  }

  @Test
  void aClientOfTheOldVersionGetsTheFinalAnswerAlone() throws Exception {
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(CONTINUE + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
              connection.ok("done");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send("GET /x HTTP/1.0\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 done");
    }
  }

  @Test
  void aCandidatesInterimAnswerDoesNotKeepTheLegacyFromStandingIn() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate =
            new Backend((_, connection) -> {
              connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
              connection.reset();
            });
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Client client = rig.client()) {
      Message first = client.get("/f/x").head();
      if (first.status() == 103) { // a reset may overtake it
        first = client.head();
      }
      assertThat(first.status() + " " + first.answerText()).isEqualTo("200 legacy /f/x");
    }
  }

  @Test
  void hintsMayComeBeforeATunnel() throws Exception {
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(CONTINUE + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
              connection.send(TunnelTest.AGREED);
              TunnelTest.echoBytes(connection);
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get("/x", "Connection: Upgrade", "Upgrade: chat");
      assertThat(client.head().status()).isEqualTo(100);
      assertThat(client.head().status()).isEqualTo(103);
      assertThat(client.head().status()).isEqualTo(101);
      client.send("ping");
      assertThat(TunnelTest.read(client.in, 4)).isEqualTo("ping");
    }
  }

  @Test
  void aBackendThatGivesNothingButHintsWaitsForASlowClient() throws Exception {
    String hint = "HTTP/1.1 103 Early Hints\r\nLink: <" + "x".repeat(4_000) + ">\r\n\r\n";
    AtomicInteger sent = new AtomicInteger();
    int hints = 20_000;
    try (Backend legacy =
            new Backend((_, connection) -> {
              for (int i = 0; i < hints; i++) {
                connection.send(hint);
                sent.incrementAndGet();
              }
              connection.ok("done");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get("/x");
      int before = -1;
      while (before != sent.get()) { // until it gets no further
        before = sent.get();
        Thread.sleep(300);
      }
      assertThat(before).isLessThan(hints);
      Message head = client.head();
      while (head.status() == 103) {
        head = client.head();
      }
      assertThat(head.answerText()).isEqualTo("done");
    }
  }
}
