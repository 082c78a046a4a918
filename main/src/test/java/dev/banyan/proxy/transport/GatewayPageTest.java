package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.HopByHop;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.shadow.Drop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/reference/gateway.md` says what the code does.
class GatewayPageTest {
  private static final Pattern CODE = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\|");

  private static String page() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/reference/gateway.md"))) {
      root = Objects.requireNonNull(root.getParent(), "no docs/reference/gateway.md above");
    }
    return Files.readString(root.resolve("docs/reference/gateway.md"));
  }

  @Test
  void namesEveryErrorCodeWithItsStatus() throws IOException {
    List<String> written =
        CODE.matcher(page()).results().map(row -> row.group(1) + " " + row.group(2)).toList();
    assertThat(written)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProxyFailure.Kind.values())
                .map(Problem::of)
                .map(problem -> problem.code() + " " + problem.status())
                .toList());
  }

  @Test
  void namesEveryHeaderOfTheConnection() throws IOException {
    String page = page().toLowerCase(Locale.ROOT);
    assertThat(HopByHop.NAMES).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }

  @Test
  void namesEveryReasonToDropASample() throws IOException {
    String page = page();
    assertThat(Drop.values())
        .allSatisfy(drop -> assertThat(page).contains("\n| `" + drop.word() + "` |"));
  }
}
