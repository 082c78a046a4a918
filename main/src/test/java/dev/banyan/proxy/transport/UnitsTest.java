package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.Capture;
import dev.banyan.proxy.Tee;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.Route;
import dev.banyan.routing.RoutingTable;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is told of sticky units, and what a lease that has run out does, over real sockets.
class UnitsTest {
  private static final Phase HALF = new Phase.Canary(Weight.parse("50%"));
  private static final Backend.Script FAIL =
      (request, connection) -> connection.status(500, "broken");

  private static String unit(Rig rig, String user) {
    return Long.toString(route(rig).hash(user));
  }

  private static Route route(Rig rig) {
    return Objects.requireNonNull(rig.table.inForce().match("GET", "/f/x"));
  }

  /// Somebody on that side.
  private static String user(Rig rig, Side side) {
    Route route = route(rig);
    for (int i = 0; ; i++) {
      if (route.decideFor(route.hash("user-" + i)).primary() == side) {
        return "user-" + i;
      }
    }
  }

  private static Rig.Builder halfWay(Backend legacy, Backend candidate) {
    return Rig.of(legacy, candidate).in(HALF).sticky("header:user");
  }

  @Test
  void aUnitIsToldWhereItIsSentAndWhereItsRequestEnds() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = halfWay(legacy, candidate).start();
        Client client = rig.client();
        Http2Client second = new Http2Client(rig.gateway.address())) {
      String old = user(rig, Side.LEGACY);
      String fresh = user(rig, Side.CANDIDATE);
      assertThat(client.get("/f/a", "User: " + old).answer()).isEqualTo("200 legacy /f/a");
      assertThat(client.get("/f/b", "User: " + fresh).answer()).isEqualTo("200 candidate /f/b");
      assertThat(second.get("/f/c", "user", fresh).text()).isEqualTo("candidate /f/c");

      assertThat(rig.units)
          .containsExactly(
              "routed legacy " + unit(rig, old),
              "ended legacy " + unit(rig, old),
              "routed candidate " + unit(rig, fresh),
              "ended candidate " + unit(rig, fresh),
              "routed candidate " + unit(rig, fresh),
              "ended candidate " + unit(rig, fresh));
    }
  }

  @Test
  void aRequestWithoutAUnitIsItsOwn() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = halfWay(legacy, candidate).start();
        Client client = rig.client()) {
      String side = client.get("/f/a").answer().contains("legacy") ? "legacy" : "candidate";
      assertThat(rig.units).containsExactly("routed " + side + " 0", "ended " + side + " 0");
    }
  }

  @Test
  void whereNoWeightDecidesNothingIsRoutedAndNobodyIsAUnit() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = halfWay(legacy, candidate).start();
        Client client = rig.client()) {
      client.post("/f/a", "x", "User: ann").answer(); // a write in canary
      client.get("/else", "User: ann").answer();
      assertThat(rig.units).containsExactly("ended legacy 0", "ended legacy 0");
    }
  }

  @Test
  void whatTheSafetyNetAnswersIsTheCandidatesEndAndAFallbackOfTheLegacys() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(FAIL);
        Rig rig = halfWay(legacy, candidate).start();
        Client client = rig.client()) {
      String user = user(rig, Side.CANDIDATE);
      assertThat(client.get("/f/a", "User: " + user).answer()).isEqualTo("200 legacy /f/a");
      assertThat(rig.units)
          .containsExactly(
              "routed candidate " + unit(rig, user),
              "ended candidate " + unit(rig, user),
              "ended legacy " + unit(rig, user) + " fallback");
    }
  }

  @Test
  void aSampledRequestThatTheLegacyStoodInForIsAPair() throws Exception {
    Tee sampling = (_, _) -> new Forgotten();
    Backend.Script well = (request, connection) -> connection.ok("well");
    for (Backend.Script second : List.of(well, FAIL)) {
      try (Backend legacy = new Backend(second);
          Backend candidate = new Backend(FAIL);
          Rig rig = halfWay(legacy, candidate).tee(sampling).start();
          Client client = rig.client()) {
        client.get("/f/a", "User: " + user(rig, Side.CANDIDATE)).answer();
        assertThat(rig.units)
            .last()
            .isEqualTo(second.equals(FAIL) ? "stood in, failed" : "stood in");
      }
    }
  }

  /// A sample that goes nowhere.
  private static final class Forgotten implements Capture {
    @Override
    public boolean admit(boolean request, int bytes) {
      return true;
    }

    @Override
    public void complete(Request request, Leg.Answered primary) {
      request.body().release();
      primary.response().body().release();
    }

    @Override
    public void abandon(Reason reason) {}
  }

  @Test
  void withoutALiveLeaseTheStaleTableDecides() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Client client = rig.client()) {
      RoutingTable inForce = rig.table.inForce();
      FamilyRoutes family = inForce.families().getFirst();
      rig.table.publish(inForce, inForce.with(family.denied(true)));
      assertThat(client.get("/f/a").answer()).isEqualTo("200 candidate /f/a");

      rig.table.extend(System.nanoTime());
      assertThat(client.get("/f/b").answer()).isEqualTo("200 legacy /f/b");

      rig.table.extend(LiveTable.FOR_EVER);
      assertThat(client.get("/f/c").answer()).isEqualTo("200 candidate /f/c");
    }
  }
}
