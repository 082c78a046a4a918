package dev.banyan.config;

import dev.banyan.config.ConfigFile.Content;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Notices that a configuration file has changed, and tells what came of reading it.
///
/// The content itself is compared: time stamps miss two edits in one tick and stay behind the
/// symbolic links that Kubernetes swaps. A change is told when two checks in a row have seen it, so
/// that a file caught half written is not. One thread at a time may call it. A file that is gone or
/// not valid is a result like any other, told once.
public final class ConfigWatcher {
  private final ConfigFile file;
  private @Nullable Content told;
  private @Nullable Content seen;

  public ConfigWatcher(ConfigFile file) {
    this.file = file;
  }

  /// Reads the file, and takes this as what later checks compare with.
  public ConfigResult load() {
    Content now = file.content();
    told = now;
    seen = now;
    return file.load(now);
  }

  /// Looks at the file once. To be called at a steady pace, such as each second, after [#load].
  ///
  /// @return what came of reading it, when it is another one than was told last
  public Optional<ConfigResult> check() {
    Content now = file.content();
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || now.equals(told)) {
      return Optional.empty();
    }
    told = now;
    return Optional.of(file.load(now));
  }
}
