package dev.banyan.demo;

import dev.banyan.demo.tour.Tour;
import dev.banyan.demo.tour.TourOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Plays the tour.
@Command(
    name = "demo",
    description = "Takes the shop's families from legacy to retired and shows what happens.",
    mixinStandardHelpOptions = true,
    subcommands = PairCommand.class,
    footer = {"", "Example: ./banyan demo --fast --headless --report report.json"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all went as it must", "1:something was off, and it says what", "2:usage"})
final class TourCommand implements Callable<Integer> {
  @Option(names = "--fast", description = "Under a minute, without pauses.")
  boolean fast;

  @Option(names = "--headless", description = "Plain lines only.")
  boolean headless;

  @Option(names = "--report", paramLabel = "FILE", description = "Write what happened, as JSON.")
  @Nullable Path report;

  @Option(names = "--keep", description = "Keep configuration, data and logs.")
  boolean keep;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return Tour.play(new TourOptions(fast, headless, report, keep, banyan()));
  }

  /// Banyan's jar: where `-Dbanyan.jar` says, or where the build puts it.
  private static Path banyan() {
    String told = System.getProperty("banyan.jar");
    if (told != null) {
      return Path.of(told).toAbsolutePath();
    }
    try {
      Path here = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return here.resolve("../../../main/target/banyan.jar").normalize();
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException("this program has no place in the file system", impossible);
    }
  }
}
