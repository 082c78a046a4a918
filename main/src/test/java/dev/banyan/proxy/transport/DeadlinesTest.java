package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// The time limits of a leg, each on both protocols.
class DeadlinesTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private interface Check {
    void run(Rig rig) throws Exception;
  }

  /// A backend that answers with a head of this type, and then with nothing; or with nothing at
  /// all.
  private static void withSilent(String type, UnaryOperator<ServiceBuilder> limits, Check check)
      throws Exception {
    Backend.Script silent =
        (request, connection) -> {
          if (!type.isEmpty()) {
            connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: "
                    + type
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
          }
        };
    try (Backend old = new Backend(silent);
        Rig rig = rig(limits.apply(ServiceBuilder.service("legacy", old.port())).build())) {
      check.run(rig);
    }
    try (Http2Backend backend =
            new Http2Backend(call -> {
              if (!type.isEmpty()) {
                call.head(200, false, "content-type", type);
                call.data("one", false);
              }
            });
        Rig rig = rig(limits.apply(backend.as("legacy")).build())) {
      check.run(rig);
    }
  }

  private static Rig rig(ServiceOptions options) {
    return new Rig.Builder().service(options).start();
  }

  @Test
  void countsSilenceBeforeTheAnswer() throws Exception {
    withSilent(
        "",
        service -> service.responseTimeout(SHORT),
        rig -> {
          try (Client client = rig.client()) {
            assertThat(client.get("/a").answer()).startsWith("504 ").contains("backend-timeout");
          }
          assertThat(rig.outcomes).containsExactly("legacy TIMEOUT");
          assertThat(rig.legs).containsExactly("sent legacy");
          assertThat(rig.details).singleElement().asString().startsWith("UNANSWERED");
          Rig.until(() -> rig.ends.equals(List.of("limit response-timeout", "answered 504")));
        });
  }

  @Test
  void breaksOffAnAnswerThatFallsSilentAndBlamesTheSide() throws Exception {
    withSilent(
        "text/plain",
        service -> service.responseTimeout(SHORT),
        rig -> {
          readToTheEnd(rig);
          Rig.until(() -> rig.ends.contains("limit response-timeout"));
          assertThat(rig.outcomes).containsExactly("legacy TIMEOUT");
        });
  }

  @Test
  void letsStreamsBeSilentForAsLongAsStreamsMayBe() throws Exception {
    for (String type : List.of("text/event-stream; charset=utf-8", "application/grpc+proto")) {
      withSilent(
          type,
          service -> service.responseTimeout(SHORT).streamIdle(Duration.ofMillis(900)),
          rig -> {
            readToTheEnd(rig);
            assertThat(rig.legs).containsExactly("sent legacy", "heard legacy");
            Rig.until(() -> rig.ends.contains("limit stream-idle"));
            assertThat(rig.ends).doesNotContain("limit response-timeout");
            assertThat(rig.outcomes).containsExactly("legacy 200"); // no error of the side
          });
    }
  }

  @Test
  void endsAnExchangeThatLastsTooLong() throws Exception {
    withSilent(
        "",
        service -> service.longest(SHORT),
        rig -> {
          try (Client client = rig.client()) {
            assertThat(client.get("/a").answer()).startsWith("504 ");
          }
          assertThat(rig.ends).contains("limit longest");
          assertThat(rig.outcomes).containsExactly("legacy TIMEOUT");
        });
    withSilent(
        "text/event-stream",
        service -> service.longest(SHORT),
        rig -> {
          readToTheEnd(rig);
          Rig.until(() -> rig.ends.contains("limit longest"));
          assertThat(rig.outcomes).containsExactly("legacy 200");
        });
  }

  /// The answer begins, and does not end as an answer that is whole.
  private static void readToTheEnd(Rig rig) throws IOException {
    try (Client client = rig.client()) {
      client.get("/a");
      assertThat(client.head().status()).isEqualTo(200);
      String line = Message.line(client.in);
      assertThat(line).isEqualTo("3");
      assertThat(Message.line(client.in)).isEqualTo("one");
      assertThat(client.isEnded()).isTrue();
    }
  }
}
