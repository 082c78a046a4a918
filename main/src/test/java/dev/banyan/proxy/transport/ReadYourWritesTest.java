package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.Freshness;
import dev.banyan.routing.OwnData.ReadYourWrites;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadYourWritesTest {
  private static final Phase READS = new Phase.Reads();
  private static final Phase WRITES = new Phase.Writes(Weight.FULL);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String ANN = "X-User: ann";
  private static final String BOB = "X-User: bob";

  private final Stream stream = new Stream();

  /// A change stream that a test moves by hand.
  private static final class Stream implements Freshness {
    volatile boolean follows = true;
    volatile boolean caughtUp;

    @Override
    public boolean follows(String family) {
      return follows;
    }

    @Override
    public long positionAfter(String family) {
      return 1;
    }

    @Override
    public boolean passed(String family, long position) {
      return caughtUp;
    }
  }

  private Rig.Builder rig(Backend legacy, Backend candidate, ReadYourWrites how) {
    return Rig.of(legacy, candidate).in(READS).sticky("header:x-user").synced(how, LONG, stream);
  }

  @Test
  void aUnitThatWroteReadsFromTheOwnerUntilTheStreamHasPassedIt() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = rig(legacy, candidate, ReadYourWrites.UNIT).start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 candidate /f/x");
      assertThat(client.post("/f/x", "", ANN).answer()).isEqualTo("200 legacy /f/x");
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");
      assertThat(client.get("/f/x", BOB).answer()).isEqualTo("200 candidate /f/x");
      assertThat(client.get("/f/x").answer()).isEqualTo("200 candidate /f/x");
      rig.after.refresh();
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");

      stream.caughtUp = true;
      rig.after.refresh();
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 candidate /f/x");
    }
  }

  @Test
  void aWeightDecidesNothingOfAUnitThatWrote() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig =
            rig(legacy, candidate, ReadYourWrites.UNIT)
                .in(new Phase.Canary(Weight.parse("99.999%")))
                .start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 candidate /f/x");
      assertThat(rig.units).hasSize(2).element(0).asString().startsWith("routed candidate");
      client.post("/f/x", "", ANN).answer();
      rig.units.clear();
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");
      Rig.until(() -> !rig.units.isEmpty());
      assertThat(rig.units).noneMatch(told -> told.startsWith("routed"));
    }
  }

  @Test
  void theSafetyNetServesOnlyUnitsWhoseWriteHasComeBack() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate =
            new Backend((request, connection) ->
                connection.status(request.method().equals("GET") ? 500 : 200, "candidate"));
        Rig rig = rig(legacy, candidate, ReadYourWrites.UNIT).in(WRITES).start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");
      assertThat(client.post("/f/x", "", ANN).answer()).isEqualTo("200 candidate");
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("500 candidate");
      assertThat(client.get("/f/x", BOB).answer()).isEqualTo("200 legacy /f/x");

      stream.caughtUp = true;
      rig.after.refresh();
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");
    }
  }

  @Test
  void aCookieGoesToAnyReplica() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig one = rig(legacy, candidate, ReadYourWrites.COOKIE).start();
        Rig two = rig(legacy, candidate, ReadYourWrites.COOKIE).start();
        Client client = one.client();
        Client elsewhere = two.client()) {
      Message answer = client.post("/f/x", "").head();
      assertThat(answer.answerText()).isEqualTo("legacy /f/x");
      String cookie = String.valueOf(answer.header("set-cookie"));
      assertThat(cookie)
          .matches("banyan-after-f=[^;]+; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
      String sent = "Cookie: a=b; " + cookie.substring(0, cookie.indexOf(';'));

      assertThat(client.get("/f/x", sent).answer()).isEqualTo("200 legacy /f/x");
      assertThat(elsewhere.get("/f/x", sent).answer()).isEqualTo("200 legacy /f/x");
      assertThat(elsewhere.get("/f/x", "Cookie: banyan-after-f=a.b.c").answer())
          .isEqualTo("200 candidate /f/x");
      assertThat(elsewhere.get("/f/x").answer()).isEqualTo("200 candidate /f/x");

      stream.caughtUp = true;
      Rig.until(() -> {
        two.after.refresh();
        return reads(elsewhere, sent).equals("200 candidate /f/x");
      });
    }
  }

  @Test
  void aHeaderOfHttp2NamesEveryFamily() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = rig(legacy, candidate, ReadYourWrites.HEADER).start();
        Http2Client client = new Http2Client(rig.gateway.address());
        Client plain = rig.client()) {
      String token = plain.post("/f/x", "").head().header("banyan-after");
      assertThat(token).startsWith("f=");
      assertThat(client.get("/f/x", "banyan-after", "ff=1, " + token + ", g=2").text())
          .isEqualTo("legacy /f/x");
      assertThat(client.get("/f/x", "banyan-after", "ff=1").text()).isEqualTo("candidate /f/x");
    }
  }

  @Test
  void aClientWithoutATokenReadsFromTheOwnerForAsLongAsItsBound() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = rig(legacy, candidate, ReadYourWrites.HEADER).start();
        Rig hasty =
            rig(legacy, candidate, ReadYourWrites.HEADER)
                .synced(ReadYourWrites.HEADER, Duration.ZERO, stream)
                .start();
        Client client = rig.client();
        Client unbound = hasty.client()) {
      client.post("/f/x", "", ANN).answer();
      assertThat(client.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");
      unbound.post("/f/x", "", ANN).answer();
      assertThat(unbound.get("/f/x", ANN).answer()).isEqualTo("200 candidate /f/x");
    }
  }

  @Test
  void aWriteWithoutAnAnswerMayHaveBeenDone() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> {
              if (request.method().equals("GET")) {
                connection.ok("legacy");
              } else {
                connection.reset();
              }
            });
        Backend candidate = Backend.echoing("candidate");
        Rig rig = rig(legacy, candidate, ReadYourWrites.UNIT).start();
        Client client = rig.client()) {
      assertThat(client.post("/f/x", "", ANN).head().status()).isEqualTo(502);
      try (Client again = rig.client()) {
        assertThat(again.get("/f/x", ANN).answer()).isEqualTo("200 legacy");
      }
    }
  }

  @Test
  void whatIsOffOrDeniedIsReadWhereThePhaseSays() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig off = rig(legacy, candidate, ReadYourWrites.OFF).start();
        Rig denied = rig(legacy, candidate, ReadYourWrites.UNIT).in(WRITES).start();
        Client first = off.client();
        Client second = denied.client()) {
      first.post("/f/x", "", ANN).answer();
      assertThat(first.get("/f/x", ANN).answer()).isEqualTo("200 candidate /f/x");

      second.post("/f/x", "", ANN).answer();
      var family = denied.table.inForce().families().getFirst();
      denied.table.publish(denied.table.inForce().with(family.denied(false)));
      assertThat(second.get("/f/x", ANN).answer()).isEqualTo("200 legacy /f/x");
    }
  }

  private static String reads(Client client, String cookie) {
    try {
      return client.get("/f/x", cookie).answer();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
