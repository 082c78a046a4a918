package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class HeadTest {

  @Test
  void removesFromRequestsWhatBelongsToTheConnection() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get(
          "/",
          "Connection: keep-alive, X-Private,\tx-other , Host, Content-Length, \"",
          "Connection: x-third",
          "X-Private: 1",
          "X-Other: 2",
          "X-Third: 3",
          "X-Kept: 4",
          "Keep-Alive: timeout=5",
          "Proxy-Connection: keep-alive",
          "Proxy-Authorization: Basic x",
          "TE: gzip, trailers",
          "Upgrade: websocket",
          "X-Banyan-Shadow: 1");
      assertThat(client.answer()).startsWith("200");
      Message seen = legacy.seen.getFirst();
      assertThat(seen.all("host")).containsExactly("shop");
      assertThat(seen.header("x-kept")).isEqualTo("4");
      assertThat(seen.header("te")).isEqualTo("trailers");
      assertThat(seen.header("connection")).isEqualToIgnoringCase("te");
      for (String gone :
          new String[] {
            "x-private",
            "x-other",
            "x-third",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "upgrade",
            "x-banyan-shadow"
          }) {
        assertThat(seen.header(gone)).as(gone).isNull();
      }
    }
  }

  @Test
  void removesFromAnswersWhatBelongsToTheConnection() throws Exception {
    Backend.Script script =
        (request, connection) ->
            connection.send(
                "HTTP/1.1 200 OK\r\nConnection: X-Private\r\nX-Private: 1\r\nKeep-Alive: a\r\n"
                    + "Upgrade: h2c\r\nProxy-Authenticate: x\r\nX-Kept: 2\r\nSet-Cookie: a\r\n"
                    + "Set-Cookie: b\r\nContent-Length: 0\r\n\r\n");
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      Message head = client.get("/").head();
      assertThat(head.all("set-cookie")).containsExactly("a", "b");
      assertThat(head.header("x-kept")).isEqualTo("2");
      for (String gone :
          new String[] {"connection", "x-private", "keep-alive", "upgrade", "proxy-authenticate"}) {
        assertThat(head.header(gone)).as(gone).isNull();
      }
    }
  }

  @Test
  void saysWhereARequestCameFromInsteadOfTheClient() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      Message head =
          client
              .get(
                  "/",
                  "Connection: X-Forwarded-For, Via, X-Forwarded-Host",
                  "X-Forwarded-For: 10.0.0.1",
                  "X-Forwarded-For: 10.0.0.2",
                  "X-Forwarded-Host: evil",
                  "X-Forwarded-Proto: https",
                  "X-Forwarded-Port: 443",
                  "X-Forwarded-Prefix: /evil",
                  "X-Forwarded-Server: evil",
                  "Forwarded: for=10.0.0.1")
              .head();
      assertThat(head.answerText()).isEqualTo("legacy /");
      assertThat(head.all("via")).containsExactly("1.1 banyan");
      Message seen = legacy.seen.getLast();
      assertThat(seen.all("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(seen.all("x-forwarded-host")).containsExactly("shop");
      assertThat(seen.all("x-forwarded-proto")).containsExactly("http");
      assertThat(seen.fields()).noneMatch(field -> field.contains("evil") || field.contains("443"));
      assertThat(seen.header("forwarded")).isNull();
    }
  }

  @Test
  void addsItselfToTheWayThatAMessageTook() throws Exception {
    Backend.Script script =
        (request, connection) ->
            connection.send("HTTP/1.0 200 OK\r\nVia: 1.1 cache\r\nContent-Length: 0\r\n\r\n");
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send("GET / HTTP/1.0\r\nVia: 1.1 edge\r\n\r\n");
      assertThat(client.head().all("via")).containsExactly("1.1 cache", "1.0 banyan");
      assertThat(legacy.seen.getFirst().all("via")).containsExactly("1.1 edge", "1.0 banyan");
      assertThat(legacy.seen.getFirst().all("x-forwarded-host")).hasSize(1);
    }
  }

  /// A backend that overlooks the body would take it for a request of its own.
  @Test
  void sendsNothingAfterABodyThatMayBeOverlooked() throws Exception {
    try (Backend legacy = Backend.echoing("legacy"); // which never reads bodies
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      String body = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      client.get("/", "TE: trailers", "Content-Length: " + body.length()).send(body);
      Message head = client.head();
      assertThat(head.header("connection")).isEqualTo("close");
      assertThat(head.answerText()).isEqualTo("legacy /");
      assertThat(client.isEnded()).isTrue();
      assertThat(legacy.seen.getFirst().all("connection")).containsExactly("te", "close");
      Rig.until(() -> legacy.ended.get() == 1);
      try (Client other = rig.client()) {
        assertThat(other.get("/mine").answer()).isEqualTo("200 legacy /mine");
      }
      assertThat(legacy.accepted.get()).isEqualTo(2);
    }
  }

  @Test
  void passesBytesBeyondAsciiInValuesUnchanged() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get("/", "X-Name: Zo\u00eb").answer();
      assertThat(legacy.seen.getFirst().header("x-name")).isEqualTo("Zo\u00eb");
    }
  }

  @Test
  void passesASaneRequestIdAndMakesOneOtherwise() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      Message kept = client.get("/", "X-Request-Id: a-b_c.1").head();
      kept.answerBody();
      assertThat(kept.header("x-request-id")).isEqualTo("a-b_c.1");
      assertThat(legacy.seen.getLast().header("x-request-id")).isEqualTo("a-b_c.1");
      Set<String> made = new HashSet<>();
      for (String bad : new String[] {"a\"b", "a b", "x".repeat(129), ""}) {
        Message head = client.get("/", "X-Request-Id: " + bad).head();
        head.answerBody();
        assertThat(head.header("x-request-id")).matches("[0-9a-f]{32}");
        assertThat(legacy.seen.getLast().all("x-request-id"))
            .containsExactly(head.header("x-request-id"));
        made.add(head.header("x-request-id"));
      }
      assertThat(made).hasSize(4);
    }
  }

  @Test
  void passesAValidTraceAndMakesOneOtherwise() throws Exception {
    String valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get("/", "traceparent: " + valid, "tracestate: a=1").answer();
      assertThat(legacy.seen.getLast().header("traceparent")).isEqualTo(valid);
      assertThat(legacy.seen.getLast().header("tracestate")).isEqualTo("a=1");
      for (String bad :
          new String[] {
            "", "00-0-0-00", valid.replace('a', 'A'), "ff" + valid.substring(2), valid + "-1"
          }) {
        client.get("/", "traceparent: " + bad, "tracestate: a=1").answer();
        assertThat(legacy.seen.getLast().all("traceparent"))
            .singleElement()
            .asString()
            .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
            .isNotEqualTo(valid);
        assertThat(legacy.seen.getLast().header("tracestate")).isNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\n"
            + "Host: a\r\n"
            + "Content-Length: 4\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 5\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4x\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n"
            + "Host: a\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX(y): z\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Folded: a\r\n b\r\n\r\n",
        "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a,b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void refusesWhatTwoPartiesCouldReadDifferently(String request) throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      Message head = client.head();
      assertThat(head.status()).isEqualTo(400);
      assertThat(head.header("x-request-id")).isNotNull();
      assertThat(head.answerText()).contains("\"code\":\"bad-request\"");
      assertThat(client.isEnded()).isTrue();
      assertThat(legacy.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5x\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n", "5\r\nhelloXX0\r\n\r\n"})
  void refusesABadChunkAndGivesTheBackendNoEnd(String chunks) throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> connection.ok("" + request.requestBody().length));
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.request("POST", "/", "Transfer-Encoding: chunked").send(chunks);
      assertThat(client.head().status()).isEqualTo(400);
      Rig.until(() -> legacy.ended.get() == legacy.accepted.get());
    }
  }

  @Test
  void removesFromTrailersWhatBelongsIntoTheHead() throws Exception {
    BlockingQueue<String> trailers = new LinkedBlockingQueue<>();
    Backend.Script script =
        (request, connection) -> {
          StringBuilder after = new StringBuilder();
          String line = Message.line(connection.in);
          while (line != null && !line.isEmpty()) {
            after.append(line).append('|');
            line = Message.line(connection.in);
          }
          trailers.add(after.toString());
          connection.ok("");
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client
          .request("POST", "/", "Transfer-Encoding: chunked")
          .send(
              "0\r\nX-Sum: 1\r\nauthorization: x\r\nHost: b\r\nContent-Length: 9\r\nCookie: c\r\n"
                  + "Transfer-Encoding: chunked\r\nX-Banyan-Shadow: 1\r\nX-Forwarded-For: d\r\n"
                  + "Connection: close\r\nX-Request-Id: e\r\nContent-Type: f\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 ");
      assertThat(trailers.take()).isEqualToIgnoringCase("0|X-Sum: 1|");
    }
  }

  @Test
  void hasANameForEachLimit() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start()) {
      assertStatus(rig, "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
      assertStatus(rig, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(40_000) + "\r\n\r\n", 431);
      assertStatus(rig, "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505);
      assertStatus(rig, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501);
      assertThat(legacy.seen).isEmpty();
    }
  }

  private static void assertStatus(Rig rig, String request, int status) throws Exception {
    try (Client client = rig.client()) {
      assertThat(client.send(request).head().status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"header:X-User", "cookie:sid", "ip"})
  void keepsAUnitOnOneSide(String sticky) throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig =
            Rig.of(legacy, candidate)
                .sticky(sticky)
                .in(new Phase.Canary(Weight.parse("50%")))
                .start();
        Client client = rig.client()) {
      Set<String> sides = new HashSet<>();
      for (int unit = 0; unit < 30; unit++) {
        String header =
            sticky.startsWith("cookie") ? "Cookie: a=b; sid=u" + unit : "X-User: u" + unit;
        String first = client.get("/f/x", header).answer();
        assertThat(client.get("/f/x", header).answer()).isEqualTo(first);
        sides.add(first);
      }
      assertThat(sides).hasSize(sticky.equals("ip") ? 1 : 2);
    }
  }
}
