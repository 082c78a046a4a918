package dev.banyan.tidy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The floors of the house, and what may stand on which.
class StructureTest {
  private static final String ROOT = "dev.banyan.";

  /// Every package and its floor. A new package must be given one here.
  private static final Map<String, Integer> FLOORS =
      Map.ofEntries(
          Map.entry("migration", 0),
          Map.entry("exchange", 0),
          Map.entry("routing", 1),
          Map.entry("statistics", 1),
          Map.entry("requests", 1),
          Map.entry("proxy", 2),
          Map.entry("shadow", 2),
          Map.entry("dual", 2),
          Map.entry("parity", 2),
          Map.entry("compare", 2),
          Map.entry("cutover", 2),
          Map.entry("telemetry", 2),
          Map.entry("access", 2),
          Map.entry("notification", 2),
          Map.entry("replica", 2),
          Map.entry("transfer", 2),
          Map.entry("store", 3),
          Map.entry("config", 3),
          Map.entry("control", 4),
          Map.entry("console", 4),
          Map.entry("cli", 4),
          Map.entry("app", 5));

  /// Neighbours on one floor that may be used all the same: importer to imported.
  private static final Set<String> NEIGHBOURS =
      Set.of(
          // An exchange names its sides and its endpoint in the vocabulary's words.
          "exchange>migration",
          // Comparing without a gateway is parity's work on answers that it fetches itself.
          "compare>parity",
          // The pages are a face of the control API; the commands know it over HTTP alone.
          "console>control");

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.banyan");

  @Test
  void everyPackageHasAFloor() {
    for (JavaClass each : OURS) {
      assertThat(FLOORS).as(each.getName()).containsKey(feature(each).orElseThrow());
    }
  }

  @Test
  void aPackageImportsOnlyLowerFloors() {
    List<String> upward =
        OURS.stream()
            .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
            .filter(use -> !allowed(use.getOriginClass(), use.getTargetClass()))
            .map(use -> use.getOriginClass().getName() + " uses " + use.getTargetClass().getName())
            .distinct()
            .sorted()
            .toList();
    assertThat(upward)
        .as("features meet through migration and exchange values and through ports that app wires")
        .isEmpty();
  }

  private static boolean allowed(JavaClass from, JavaClass to) {
    Optional<String> importer = feature(from);
    Optional<String> imported = feature(to);
    if (importer.isEmpty() || imported.isEmpty() || importer.equals(imported)) {
      return true;
    }
    int above = FLOORS.getOrDefault(importer.get(), 0);
    int below = FLOORS.getOrDefault(imported.get(), 0);
    return below < above || NEIGHBOURS.contains(importer.get() + ">" + imported.get());
  }

  /// The package below `dev.banyan`, empty for what is not ours.
  private static Optional<String> feature(JavaClass each) {
    String name = each.getPackageName();
    if (!name.startsWith(ROOT)) {
      return Optional.empty();
    }
    String rest = name.substring(ROOT.length());
    int dot = rest.indexOf('.');
    return Optional.of(dot < 0 ? rest : rest.substring(0, dot));
  }

  @Test
  void packagesFormNoCycles() {
    SlicesRuleDefinition.slices().matching("dev.banyan.(**)").should().beFreeOfCycles().check(OURS);
  }

  @Test
  void theVocabularyIsPure() {
    classes()
        .that()
        .resideInAnyPackage("dev.banyan.migration", "dev.banyan.exchange")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "dev.banyan.migration",
                "dev.banyan.exchange",
                "java.lang..",
                "java.util..",
                "java.time..",
                "java.math..",
                "java.nio",
                "org.jspecify.."))
        .because("everything speaks it, so it may drag nothing in")
        .check(OURS);
  }

  @Test
  void routingAndStatisticsArePure() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.banyan.routing..", "dev.banyan.statistics..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.net..", "java.nio.file..", "java.sql..", "java.util.concurrent..")
        .because("a decision must replay bit for bit on any machine")
        .check(OURS);
  }

  @Test
  void onlyTheTransportSeesNettyOrASocket() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.banyan.proxy.transport..")
        .and()
        // The break-glass socket of the data directory: no network, and blocking code as well.
        .doNotHaveSimpleName("LocalSocket")
        .and()
        .doNotHaveSimpleName("LocalControl")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.netty..")
                .or(
                    JavaClass.Predicates.belongToAnyOf(
                        java.net.Socket.class,
                        java.net.ServerSocket.class,
                        java.nio.channels.SocketChannel.class,
                        java.nio.channels.ServerSocketChannel.class)))
        .because("event-loop style ends there; everything else is blocking code on virtual threads")
        .check(OURS);
  }

  @Test
  void onlyTheStoresSeeSql() {
    noClasses()
        .that(resideOutsideOfPackages("dev.banyan.store..", "dev.banyan.transfer.."))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "org.flywaydb..",
            "org.sqlite..",
            "org.postgresql..",
            "org.mariadb..",
            "com.github.shyiko..",
            "org.h2..",
            "com.zaxxer..")
        .because("features declare small ports, and the stores implement them")
        .check(OURS);
  }

  @Test
  void onlyAppHasAClockOrASleep() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.banyan.app..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .because("time is passed in, so that tests own it and decisions can be replayed")
        .check(OURS);
  }

  @Test
  void everyPackageIsNullMarked() {
    for (JavaClass each : OURS) {
      JavaPackage home = each.getPackage();
      assertThat(home.isAnnotatedWith(NullMarked.class))
          .as(home.getName() + " in its package-info")
          .isTrue();
    }
  }

  @Test
  void namesSayWhatDiffers() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)(\\$.*)?")
        .because("such a name fits anything")
        .check(OURS);
  }
}
