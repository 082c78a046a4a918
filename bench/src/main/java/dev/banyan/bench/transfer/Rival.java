package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A program that does what one of the cases does, in its own way, with the same servers.
///
/// @param beside the case that it is measured next to
/// @param script for a shell that fails where any part of a pipe does
record Rival(String name, String beside, Optional<String> version, String script) {
  private static final int PATIENCE_MINUTES = 15;
  private static final int TAIL = 600;

  static final String COPY = "psql COPY | psql COPY";

  static List<Rival> of(Site site) throws IOException {
    String old = site.old().uri();
    String fresh = site.fresh().uri();
    return List.of(
        new Rival(COPY, Bench.BACKFILL, version("psql"), copy(old, fresh, "")),
        new Rival(
            "the same in binary",
            Bench.BACKFILL,
            version("psql"),
            copy(old, fresh, " (format binary)")),
        new Rival("pgcopydb", Bench.BACKFILL, version("pgcopydb"), pgcopydb(site, old, fresh)),
        new Rival("pgloader", Bench.BACKFILL, version("pgloader"), pgloader(site, old, fresh)),
        new Rival(
            "pt-table-checksum",
            Bench.RECONCILE_MARIADB,
            version("pt-table-checksum"),
            // Without a replica it has nothing to compare with, and says so, with 8,
            // but sums up all rows.
            "pt-table-checksum --no-check-binlog-format --no-check-replication-filters"
                + " --no-version-check --replicate=bench.checksums --tables=bench.accounts"
                + " h=127.0.0.1,P="
                + site.maria().port()
                + ",u="
                + MariaDb.SCHEMA
                + " || [ $? -eq 8 ]"));
  }

  private static Optional<String> version(String program) {
    return Tool.version(Pattern.compile("(\\d+\\.\\d+[.\\w~]*)"), program, "--version");
  }

  private static String copy(String old, String fresh, String form) {
    return "psql -qX '%s' -c 'copy accounts to stdout%s' | psql -qX '%s' -c 'copy accounts from stdin%s'"
        .formatted(old, form, fresh, form);
  }

  private static String pgcopydb(Site site, String old, String fresh) throws IOException {
    Path filters = site.folder().resolve("pgcopydb.ini");
    Files.writeString(filters, "[include-only-table]\npublic.accounts\n");
    return "pgcopydb copy table-data --restart --table-jobs 2 --dir '%s' --filters '%s' --source '%s' --target '%s'"
        .formatted(site.folder().resolve("pgcopydb"), filters, old, fresh);
  }

  private static String pgloader(Site site, String old, String fresh) throws IOException {
    Path file = site.folder().resolve("pgloader.load");
    Files.writeString(
        file,
        """
        load database from %s into %s
        with data only, create no tables, include no drop, no foreign keys, workers = 2, concurrency = 1
        including only table names matching 'accounts' in schema 'public';
        """
            .formatted(old, fresh));
    return "pgloader --root-dir '%s' '%s'".formatted(site.folder().resolve("pgloader"), file);
  }

  boolean installed() {
    return version.isPresent();
  }

  /// @throws IOException with what it said last, where it fails
  void run(Path folder) throws IOException, InterruptedException {
    Path said = folder.resolve("rival.out");
    Process process =
        new ProcessBuilder("bash", "-o", "pipefail", "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended;
    try {
      ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    if (!ended || process.exitValue() != 0) {
      String all = Files.readString(said, StandardCharsets.UTF_8);
      throw new IOException(
          (ended ? "ended with " + process.exitValue() : "did not end")
              + ": "
              + all.substring(Math.max(0, all.length() - TAIL)).strip());
    }
  }
}
