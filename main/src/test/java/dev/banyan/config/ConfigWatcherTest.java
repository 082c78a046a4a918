package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {
  private static final String OLD = "services: { legacy: { url: http://127.0.0.1:3000 } }\n";
  private static final String NEW = "services: { legacy: { url: http://127.0.0.1:4000 } }\n";

  @TempDir Path folder;
  private Path path = Path.of("");
  private final List<ConfigResult> told = new ArrayList<>();

  @BeforeEach
  void write() throws Exception {
    path = Files.writeString(folder.resolve("banyan.yaml"), OLD);
  }

  private ConfigWatcher watcher() {
    ConfigWatcher watcher = new ConfigWatcher(new ConfigFile(path, Environment.of(Map.of())));
    assertThat(watcher.load()).isInstanceOf(ConfigResult.Loaded.class);
    return watcher;
  }

  private void check(ConfigWatcher watcher) {
    watcher.check().ifPresent(told::add);
  }

  private void checkTwice(ConfigWatcher watcher) {
    check(watcher);
    check(watcher);
  }

  @Test
  void saysNothingWhileNothingChanges() throws Exception {
    ConfigWatcher watcher = watcher();
    checkTwice(watcher);
    Files.setLastModifiedTime(path, FileTime.fromMillis(0));
    checkTwice(watcher);

    assertThat(told).isEmpty();
  }

  @Test
  void tellsAChangeOnceEvenWithTheOldTimeAndSize() throws Exception {
    FileTime time = Files.getLastModifiedTime(path);
    ConfigWatcher watcher = watcher();
    Files.writeString(path, NEW);
    Files.setLastModifiedTime(path, time);
    checkTwice(watcher);
    checkTwice(watcher);

    assertThat(told).hasSize(1);
    assertThat(((ConfigResult.Loaded) told.getFirst()).config().services().getFirst().url())
        .hasToString("http://127.0.0.1:4000");
  }

  @Test
  void doesNotTellAFileThatIsBeingWritten() throws Exception {
    ConfigWatcher watcher = watcher();
    Files.writeString(path, "");
    check(watcher);
    Files.writeString(path, NEW.substring(0, 20));
    check(watcher);
    Files.writeString(path, NEW);
    check(watcher);
    assertThat(told).isEmpty();

    check(watcher);
    assertThat(told).singleElement().isInstanceOf(ConfigResult.Loaded.class);
  }

  @Test
  void tellsABadFileOnceAndTheMendedOneAfterwards() throws Exception {
    ConfigWatcher watcher = watcher();
    Files.writeString(path, "listen: nowhere");
    checkTwice(watcher);
    checkTwice(watcher);
    Files.writeString(path, NEW);
    checkTwice(watcher);

    assertThat(told).hasSize(2);
    assertThat(told.getFirst()).isInstanceOf(ConfigResult.Rejected.class);
    assertThat(told.getLast()).isInstanceOf(ConfigResult.Loaded.class);
  }

  @Test
  void followsAFileThatIsReplacedAndASymbolicLinkThatIsTurned() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), path);
    path = link;
    ConfigWatcher watcher = watcher();
    Path other = Files.writeString(folder.resolve("other.yaml"), NEW);
    Path turned = Files.createSymbolicLink(folder.resolve("turned.yaml"), other);
    Files.move(turned, link, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    checkTwice(watcher);

    assertThat(told).singleElement().isInstanceOf(ConfigResult.Loaded.class);
  }

  @Test
  void tellsThatTheFileIsGoneOnceAndForgetsItWhenItIsBackUnchanged() throws Exception {
    ConfigWatcher watcher = watcher();
    Files.delete(path);
    checkTwice(watcher);
    checkTwice(watcher);
    assertThat(told).singleElement().isInstanceOf(ConfigResult.Rejected.class);

    Files.writeString(path, OLD);
    checkTwice(watcher);
    assertThat(told).hasSize(2).last().isInstanceOf(ConfigResult.Loaded.class);
  }
}
