package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where copies of writes may go, and when.
class SandboxGuardTest {
  private static final String LEGACY = "http://10.0.0.1:80";
  private static final String BOX = "http://10.0.0.9:80";
  private static final String SANDBOX = "writes: sandbox, sandbox: box";

  @TempDir Path folder;

  private final Map<String, List<String>> names = new HashMap<>();
  private final Map<String, ServiceAddresses> services = new HashMap<>();
  private final SandboxGuard guard =
      new SandboxGuard(
          services::get,
          address -> address.isLoopbackAddress() || address.getHostAddress().equals("10.0.0.7"));

  private BanyanConfig config(String legacy, String box, String shadow) throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        services:
          legacy: { url: "%s" }
          new: { url: "http://10.0.0.2:80" }
          box: { url: "%s" }
        families:
          things:
            candidate: new
            shadow: { %s }
            routes: [/things]
        """
            .formatted(legacy, box, shadow));
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    if (result instanceof ConfigResult.Loaded loaded) {
      return loaded.config();
    }
    throw new AssertionError(result);
  }

  private InetAddress[] all(String host) throws UnknownHostException {
    List<InetAddress> found = new ArrayList<>();
    for (String each : names.getOrDefault(host, List.of())) {
      found.add(InetAddress.ofLiteral(each));
    }
    if (found.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return found.toArray(InetAddress[]::new);
  }

  private void publish(BanyanConfig config) {
    services.clear();
    for (ServiceOptions each : config.services()) {
      services.put(each.name(), new ServiceAddresses(each, this::all));
    }
    lookUp();
  }

  private void lookUp() {
    services.values().forEach(each -> each.lookUpWhenDue(System.nanoTime(), Runnable::run));
  }

  private void reload(BanyanConfig config) {
    guard.adopt(config);
    publish(config);
    guard.adopted();
  }

  private boolean allows() {
    return guard.allows(guard.turn(), "things", "box");
  }

  private boolean allows(String chosen, int port) {
    InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(chosen), port);
    return guard.allows(guard.turn(), "things", "box", at);
  }

  @Test
  void onlyTheDeclaredSandboxOfTheFamilyIsAllowed() throws IOException {
    assertThat(allows()).as("before any configuration").isFalse();
    reload(config(LEGACY, BOX, SANDBOX));
    assertThat(allows()).isTrue();
    assertThat(guard.allows(guard.turn(), "others", "box")).isFalse();
    assertThat(guard.allows(guard.turn(), "things", "new")).isFalse();
    assertThat(guard.allows(guard.turn(), "things", "legacy")).isFalse();
    reload(config(LEGACY, BOX, "writes: blocked"));
    assertThat(allows()).isFalse();
  }

  @Test
  void noAddressOfAnyLiveServiceIsAllowed() throws IOException {
    reload(config(LEGACY, BOX, SANDBOX));
    assertThat(allows("10.0.0.9", 80)).isTrue();
    assertThat(allows("10.0.0.1", 80)).isFalse();
    assertThat(allows("10.0.0.2", 80)).isFalse();
    assertThat(allows("10.0.0.1", 81)).as("another service of that machine").isTrue();
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("box.test", 80);
    assertThat(guard.allows(guard.turn(), "things", "box", unknown)).isFalse();
  }

  @Test
  void aSandboxWithOneAddressThatIsLiveIsNotAllowedAtAll() throws IOException {
    names.put("box.test", List.of("10.0.0.9", "10.0.0.2"));
    reload(config(LEGACY, "http://box.test:80", SANDBOX));
    assertThat(allows()).isFalse();
    assertThat(allows("10.0.0.9", 80)).isFalse();
  }

  @Test
  void whereANameIsNotKnownNothingIsAllowedUntilItIs() throws IOException {
    reload(config("http://legacy.test:80", "http://box.test:80", SANDBOX));
    assertThat(allows()).as("neither is known").isFalse();
    names.put("box.test", List.of("10.0.0.9"));
    reload(config("http://legacy.test:80", "http://box.test:80", SANDBOX));
    publish(config("http://legacy.test:80", "http://box.test:80", SANDBOX));
    assertThat(allows()).as("the legacy may be there").isFalse();
    names.put("legacy.test", List.of("10.0.0.1"));
    publish(config("http://legacy.test:80", "http://box.test:80", SANDBOX));
    assertThat(allows()).isTrue();
    names.put("legacy.test", List.of("10.0.0.9"));
    publish(config("http://legacy.test:80", "http://box.test:80", SANDBOX));
    assertThat(allows()).as("the legacy has moved to where the sandbox is").isFalse();
  }

  @Test
  void anyNameOfThisMachineIsBanyanItself() throws IOException {
    reload(config(LEGACY, "http://10.0.0.7:8080", SANDBOX));
    assertThat(allows()).isTrue();
    guard.listening(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080));
    assertThat(allows()).isFalse();
    assertThat(allows("10.0.0.7", 8080)).isFalse();
    guard.listening(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8081));
    assertThat(allows()).isTrue();
  }

  @Test
  void whileItChangesAndForWhatWasDecidedBeforeNothingIsAllowed() throws IOException {
    reload(config(LEGACY, BOX, SANDBOX));
    long before = guard.turn();
    assertThat(guard.allows(before, "things", "box")).isTrue();

    BanyanConfig swapped = config("http://10.0.0.3:80", LEGACY, SANDBOX);
    guard.adopt(swapped);
    long between = guard.turn();
    publish(swapped);
    assertThat(guard.allows(before, "things", "box")).as("the former legacy").isFalse();
    assertThat(guard.allows(between, "things", "box")).as("it still answers clients").isFalse();
    guard.adopted();
    assertThat(guard.allows(before, "things", "box")).isFalse();
    assertThat(guard.allows(between, "things", "box")).isFalse();
    assertThat(allows()).as("what comes now").isTrue();
  }

  @Test
  void aReloadThatMovesNothingLosesNothing() throws IOException {
    reload(config(LEGACY, BOX, SANDBOX));
    long before = guard.turn();
    guard.adopt(config(LEGACY, BOX, SANDBOX + ", sample: 50%"));
    assertThat(guard.allows(before, "things", "box")).isTrue();
    guard.adopted();
    assertThat(guard.allows(before, "things", "box")).isTrue();
  }

  @Test
  void aReloadThatFailedHalfwayLeavesNothingAllowedUntilOneSucceeds() throws IOException {
    BanyanConfig config = config(LEGACY, BOX, SANDBOX);
    guard.adopt(config);
    publish(config);
    assertThat(allows()).isFalse();
    reload(config);
    assertThat(allows()).isTrue();
  }
}
