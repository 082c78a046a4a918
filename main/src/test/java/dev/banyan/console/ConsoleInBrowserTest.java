package dev.banyan.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.banyan.control.Change;
import dev.banyan.control.ControlOptions;
import dev.banyan.control.ControlServer;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FakeOperations;
import dev.banyan.control.Guard;
import dev.banyan.control.Refusal;
import dev.banyan.control.StatusView;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/// What a person sees and does, in a headless Chromium; skipped with a message where there is none.
class ConsoleInBrowserTest {
  private static final List<Path> BROWSERS =
      List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/google-chrome"));
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private static Path profile;
  private static ChromeDriver browser;

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private ControlServer server;

  @BeforeAll
  static void open() {
    Path program = BROWSERS.stream().filter(Files::isExecutable).findFirst().orElse(null);
    assumeTrue(
        program != null && Files.isExecutable(DRIVER),
        "no browser here, so the console is not looked at: install chromium and chromium-driver");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1440,900",
        "--user-data-dir=" + profile);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build();
    browser = new ChromeDriver(service, options);
  }

  @AfterAll
  static void quit() {
    if (browser != null) {
      browser.quit();
    }
  }

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    operations.put(FakeOperations.shadowed("orders"));
    server = serve(null, 0);
    browser.manage().window().setSize(new Dimension(1440, 900));
    browser.get(url(server));
    awaitText("#connection", "live");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ControlServer serve(@Nullable String token, int port) throws IOException {
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), token);
    Guard guard = new Guard(options);
    return ControlServer.start(options, guard, operations, feed, Console.routes(operations, guard));
  }

  private static String url(ControlServer server) {
    return "http://127.0.0.1:" + server.address().getPort() + "/";
  }

  @Test
  void showsEveryFamilyAsARow() {
    assertThat(browser.findElements(By.cssSelector("tr[data-family]"))).hasSize(2);
    assertThat(text("tr[data-family]"))
        .contains("users")
        .contains("identity-team")
        .contains("99.9%")
        .contains("41 ms");
    assertThat(phase("users")).isEqualTo("shadow");
  }

  @Test
  void followsWhatHappensWithoutBeingReloaded() {
    browser.executeScript("window.sameDocument = true");

    operations.promote(new Change.Promotion("orders", null, null, "proved", "ann", null));

    awaitText("tr[data-family=orders] [aria-current]", "canary");
    awaitText(".ledger", "proved");
    assertThat(browser.executeScript("return window.sameDocument")).isEqualTo(true);
  }

  @Test
  void asksForAReasonAndPromotes() {
    click("#promote-users");
    click("#ask-confirm");
    assertThat(element("#ask").isDisplayed()).as("no reason, no promotion").isTrue();
    assertThat(operations.last()).isNull();

    element("#ask-reason").sendKeys("numbers are good");
    click("#ask-confirm");

    awaitText("tr[data-family=users] [aria-current]", "canary");
    assertThat(operations.last())
        .isInstanceOfSatisfying(
            Change.Promotion.class,
            ask -> {
              assertThat(ask.reason()).isEqualTo("numbers are good");
              assertThat(ask.actor()).isEqualTo("console");
              assertThat(ask.expected()).isNotNull();
            });
    assertThat(element("#notice").getText()).isEqualTo("users is in canary at 5%.");
  }

  @Test
  void showsWhyAPromotionIsRefused() throws IOException {
    operations.refuse(
        new Refusal(
            Refusal.Code.GATE_REFUSED,
            "The parity gate holds users in shadow.",
            List.of(FakeOperations.parityHolds())));

    click("#promote-users");
    element("#ask-reason").sendKeys("now");
    click("#ask-confirm");

    awaitText("#ask-refusal", "The parity gate holds users in shadow.");
    assertThat(element("#ask-refusal").getText()).contains("needs 400 more");
    assertThat(element("#ask").isDisplayed()).isTrue();
    keepPicture("console-refusal.png");
  }

  @Test
  void acceptsADifferenceUntilADay() {
    click("#worst-users summary");
    click("button[data-verb='parity/accept'][data-family=users]");
    assertThat(element("#ask-about").getText()).contains("type at body:$.id of GET /users/{id}");
    assertThat(element("#ask-until").isDisplayed()).isTrue();
    element("#ask-reason").sendKeys("agreed");
    browser.executeScript("document.getElementById('ask-until').value = '2099-03-31'");
    click("#ask-confirm");

    awaitText("#notice", "users");
    assertThat(operations.last())
        .isInstanceOfSatisfying(
            Change.ParityAccept.class,
            ask -> {
              assertThat(ask.scope()).hasToString("type at body:$.id of GET /users/{id}");
              assertThat(ask.until()).hasToString("2099-03-31");
              assertThat(ask.reason()).isEqualTo("agreed");
              assertThat(ask.actor()).isEqualTo("console");
            });
  }

  @Test
  void asksForNoDayWhereThereIsNone() {
    click("#promote-users");
    assertThat(element("#ask-until").isDisplayed()).isFalse();
  }

  @Test
  void rollsBack() {
    click("#rollback-users");
    element("#ask-reason").sendKeys("errors");
    click("#ask-confirm");

    awaitText("tr[data-family=users] [aria-current]", "legacy");
    assertThat(operations.last()).isInstanceOf(Change.Rollback.class);
    assertThat(browser.findElements(By.cssSelector("#rollback-users")))
        .as("nothing to go back to")
        .isEmpty();
  }

  @Test
  void saysThatTheConnectionIsLostAndFindsItAgain() throws IOException {
    int port = server.address().getPort();
    server.close();
    awaitText("#connection", "connection lost");

    // The browser must not meet the closed feed again, so the new server has one of its own.
    EventFeed anew = new EventFeed();
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), null);
    Guard guard = new Guard(options);
    server =
        ControlServer.start(options, guard, operations, anew, Console.routes(operations, guard));
    awaitText("#connection", "live");
  }

  @Test
  void approvesTheNextStep() throws IOException {
    operations.put(FakeOperations.governed("users"));
    awaitText("tr[data-family=users]", "waits for an approver");

    click("#approve-users");
    element("#ask-reason").sendKeys("seen");
    click("#ask-confirm");

    awaitText("tr[data-family=users]", "canary approved by console");
    assertThat(operations.last())
        .isInstanceOfSatisfying(
            Change.Approval.class, ask -> assertThat(ask.expected()).isNotNull());
    assertThat(browser.findElements(By.cssSelector("#approve-users"))).isEmpty();
  }

  @Test
  void stopsAndReleasesTheLine() throws IOException {
    operations.put(FakeOperations.governed("users"));
    operations.replicas(
        List.of(
            new StatusView.Replica(
                "east-1", Instant.parse("2026-03-01T08:00:00Z"), true, true, true, 0, List.of()),
            new StatusView.Replica(
                "east-2",
                Instant.parse("2026-03-01T08:00:01Z"),
                false,
                false,
                true,
                0,
                List.of())));
    click("#stop-line");
    assertThat(element("#ask-title").getText()).isEqualTo("Stop the line");
    element("#ask-reason").sendKeys("incident 7");
    click("#ask-confirm");

    awaitText(".line", "incident 7");
    awaitText("tr[data-family=users]", "christmas");
    assertThat(element("#notice").getText())
        .isEqualTo("Nothing is promoted until the line is released.");
    keepPicture("console-governed.png");

    click("#release-line");
    element("#ask-reason").sendKeys("over");
    click("#ask-confirm");

    awaitText("#notice", "The line is released.");
    awaitText("#stop-line", "Stop the line");
    assertThat(operations.line()).isEmpty();
  }

  @Test
  void fitsANarrowScreen() throws IOException {
    operations.put(FakeOperations.governed("users"));
    operations.hold(new Change.Hold("users", "release night", "ann", null));
    operations.promote(new Change.Promotion("orders", null, null, "proved", "ann", null));
    awaitText(".ledger", "proved");
    keepPicture("console-wide.png");

    browser.manage().window().setSize(new Dimension(500, 900));
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 400, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    try {
      Object overflow =
          browser.executeScript(
              "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
      assertThat(overflow).as("pixels to scroll sideways").isEqualTo(0L);
      assertThat(element("#rollback-orders").isDisplayed()).isTrue();
      keepPicture("console-narrow.png");
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  @Test
  void opensForTheToken() throws IOException {
    try (ControlServer guarded = serve("s3cret", 0)) {
      browser.get(url(guarded));
      element("#token").sendKeys("guess");
      click("button.main");
      awaitText("#wrong", "no token that holds");

      element("#token").sendKeys("s3cret");
      click("button.main");

      awaitText("#connection", "live");
      assertThat(phase("users")).isEqualTo("shadow");
    }
  }

  @Test
  void breaksNoRuleOfItsOwnContentPolicy() {
    click("#promote-users");
    click("#ask-cancel");

    assertThat(browser.manage().logs().get("browser").getAll())
        .extracting(entry -> entry.getMessage())
        .filteredOn(message -> message.contains("Content Security Policy"))
        .isEmpty();
  }

  private static String phase(String family) {
    return text("tr[data-family=" + family + "] [aria-current]");
  }

  /// Finds and reads at once: rows are exchanged at any time.
  private static String text(String selector) {
    return String.valueOf(
        browser.executeScript(
            "return document.querySelector(arguments[0])?.innerText ?? ''", selector));
  }

  private static WebElement element(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  /// Finds it anew where the rows are exchanged between finding and clicking.
  private static void click(String selector) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        element(selector).click();
        return;
      } catch (StaleElementReferenceException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  private static void awaitText(String selector, String text) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String shown = "";
    while (System.nanoTime() < deadline) {
      shown = text(selector);
      if (shown.contains(text)) {
        return;
      }
      LockSupport.parkNanos(Duration.ofMillis(25).toNanos());
    }
    assertThat(shown).as("text of %s in the end", selector).contains(text);
  }

  /// For people: what the page looked like, beside the test reports.
  private static void keepPicture(String name) throws IOException {
    File picture = browser.getScreenshotAs(OutputType.FILE);
    Path target = Path.of("target", "pictures", name);
    Files.createDirectories(target.getParent());
    Files.copy(picture.toPath(), target, StandardCopyOption.REPLACE_EXISTING);
  }
}
