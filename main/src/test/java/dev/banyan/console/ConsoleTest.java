package dev.banyan.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.access.Role;
import dev.banyan.control.Change;
import dev.banyan.control.ControlOptions;
import dev.banyan.control.ControlServer;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FakeOperations;
import dev.banyan.control.FakeTransfers;
import dev.banyan.control.Guard;
import dev.banyan.control.StatusView;
import dev.banyan.control.TransferView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The console's pages as bytes; [ConsoleInBrowserTest] looks at them with a browser.
class ConsoleTest {
  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    server = serve(null);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private ControlServer serve(@Nullable String token) throws IOException {
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token);
    Guard guard = new Guard(options, operations.access());
    return ControlServer.start(options, guard, operations, feed, Console.routes(operations, guard));
  }

  @Test
  void showsAFamilyInWords() throws Exception {
    String page = get(server, "/").body();

    assertThat(page)
        .contains("identity-team")
        .contains("99.9%")
        .contains("9,000 compared")
        .contains("canary at 1%")
        .contains("needs 400 more")
        .contains("aria-current=\"step\">shadow<");
  }

  @Test
  void showsTheWorstDifferencesWithAButtonThatAcceptsEach() throws Exception {
    assertThat(get(server, "/").body())
        .contains("<code>body:$.id</code>", "9 × critical, breaking, type", "5 accepted")
        .contains(
            "data-verb=\"parity/accept\" data-family=\"users\""
                + " data-endpoint=\"GET /users/{id}\" data-where=\"body:$.id\" data-kind=\"type\"");
  }

  @Test
  void writesWhatUsersTypedAsTextAndNotAsMarkup() throws Exception {
    operations.hold(new Change.Hold("users", "<script>alert(1)</script>", "ann", null));

    assertThat(get(server, "/").body())
        .doesNotContain("<script>alert")
        .contains("&lt;script&gt;alert");
  }

  @Test
  void allowsNoScriptFromElsewhereNorWithinThePage() throws Exception {
    HttpResponse<String> response = get(server, "/");

    assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'self'")
        .doesNotContain("unsafe");
    assertThat(response.body()).doesNotContain("onclick").doesNotContain("style=");
  }

  @Test
  void servesEverythingThatThePageNeeds() throws Exception {
    for (String asset : List.of("console.css", "console.js", "icon.svg", "htmx.js")) {
      assertThat(get(server, "/assets/" + asset).statusCode()).as(asset).isEqualTo(200);
    }
  }

  @Test
  void sendsWhoeverHasNoSessionToTheDoorAndLetsInWhoeverKnowsTheToken() throws Exception {
    try (ControlServer guarded = serve("s3 cret&")) {
      HttpResponse<String> outside = get(guarded, "/");
      assertThat(outside.statusCode()).isEqualTo(303);
      assertThat(outside.headers().firstValue("Location")).contains("/login");
      assertThat(get(guarded, "/rows").statusCode()).isEqualTo(401);
      assertThat(login(guarded, "token=wrong").statusCode()).isEqualTo(401);

      HttpResponse<String> inside = login(guarded, "token=s3+cret%26");

      assertThat(inside.statusCode()).isEqualTo(303);
      String cookie = inside.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict").doesNotContain("cret");
      HttpRequest page =
          at(guarded, "/").header("Cookie", cookie.substring(0, cookie.indexOf(';'))).build();
      HttpResponse<String> shown = client.send(page, HttpResponse.BodyHandlers.ofString());
      assertThat(shown.statusCode()).isEqualTo(200);
      assertThat(shown.body()).contains("Sign out");
    }
  }

  @Test
  void showsWhatPeopleHaveLaidDownAndWhatGoingBackCosts() throws Exception {
    operations.put(FakeOperations.governed("users"));

    assertThat(get(server, "/").body())
        .contains(
            ">unproven<",
            "denied here:</strong> its own gates saw 9 errors in 20 requests",
            "frozen:</strong> christmas, until 2026-03-04 08:00:00 UTC",
            "waits for an approver",
            "costs 140 ms, 12 sessions, 0 rows behind",
            "not yet</span> p99 -30% wanted: 36.1 ms (-12%)",
            ", blue-green, auto full")
        .contains("id=\"approve-users\"", "id=\"stop-line\"");
  }

  @Test
  void showsHowFarTransfersHaveComeWithABarForEachTable() throws Exception {
    assertThat(get(server, "/").body()).doesNotContain("Transfers");

    operations.transferring().put(FakeTransfers.copying("users"));
    operations
        .transferring()
        .put(new TransferView("orders", "old", "new", List.of(), null, "new can not be reached"));

    assertThat(get(server, "/").body())
        .contains(
            "old → new",
            "old owns the rows, epoch 1",
            "4,200,007 rows, 410,000/s",
            "12,595 bytes, 400 ms",
            "3 rows differ",
            "<progress max=\"100\" value=\"42\" aria-label=\"app.users\">",
            "copying, 4,200,000 of 10,000,000",
            "waits for replica standby1, which is 7 s behind",
            "key 8, column label: too long for varchar(10)",
            "new can not be reached");
  }

  @Test
  void showsWhichReplicasThereAreAndWhichOneDecides() throws Exception {
    assertThat(get(server, "/").body()).doesNotContain("Replicas");

    operations.replicas(
        List.of(
            new StatusView.Replica(
                "east-1", Instant.parse("2026-03-01T08:00:00Z"), true, true, true, 0, List.of())));

    assertThat(get(server, "/").body())
        .contains("Replicas", "<strong>east-1</strong> <span class=\"mark\">controller</span>");
  }

  @Test
  void aStoppedLineIsSeenAndReleasedByApproversOnly() throws Exception {
    operations.stopLine("ann", "incident 7");
    String operator = cookie(operations.token("olga", Role.OPERATOR));
    String approver = cookie(operations.token("pat", Role.APPROVER));

    assertThat(page(operator).body())
        .contains("The line is stopped", "incident 7")
        .doesNotContain("id=\"release-line\"", "id=\"stop-line\"");
    assertThat(page(approver).body()).contains("id=\"release-line\"");
  }

  @Test
  void shownAreTheButtonsThatTheRoleMayUse() throws Exception {
    operations.put(FakeOperations.governed("users"));
    String viewer = page(cookie(operations.token("vic", Role.VIEWER))).body();
    String operator = page(cookie(operations.token("olga", Role.OPERATOR))).body();
    String approver = page(cookie(operations.token("pat", Role.APPROVER))).body();

    assertThat(viewer).contains("vic, viewer").doesNotContain("<button id=", "parity/accept");
    assertThat(operator)
        .contains("id=\"promote-users\"", "id=\"rollback-users\"", "id=\"hold-users\"")
        .doesNotContain("id=\"approve-users\"", "parity/accept");
    assertThat(approver).contains("id=\"approve-users\"", "parity/accept");
  }

  @Test
  void aSessionEndsWithItsToken() throws Exception {
    operations.token("ann", Role.ADMIN);
    String session = cookie(operations.token("olga", Role.OPERATOR));
    assertThat(page(session).statusCode()).isEqualTo(200);

    operations.access().revoke("olga", false);

    assertThat(page(session).statusCode()).isEqualTo(303);
  }

  private String cookie(String secret) throws Exception {
    String cookie =
        login(server, "token=" + secret).headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private HttpResponse<String> page(String cookie) throws Exception {
    HttpRequest page = at(server, "/").header("Cookie", cookie).build();
    return client.send(page, HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> login(ControlServer at, String form) throws Exception {
    HttpRequest request =
        at(at, "/login")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder at(ControlServer server, String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private HttpResponse<String> get(ControlServer server, String path) throws Exception {
    return client.send(at(server, path).build(), HttpResponse.BodyHandlers.ofString());
  }
}
