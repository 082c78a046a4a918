package dev.banyan.config;

import dev.banyan.config.Type.Group;
import java.time.Duration;

/// The keys about the record of decisions.
final class LedgerKeys {
  private LedgerKeys() {}

  static final Key<Duration> RETENTION =
      Key.of(
              "retention",
              Scalars.days(1, 36_500),
              "How long entries are kept. Older ones are removed once a day, from the front, and"
                  + " an entry says so; what explains where a family stands now is kept however"
                  + " old it is. Left out, all are kept.")
          .atLimit("Older entries are removed; the chain of the others can still be verified.")
          .example("400d");
  static final Key<String> HEAD_FILE =
      Key.of(
              "head_file",
              Scalars.text(4_096),
              "The file that names the newest entry, outside of the store, so that a cut end shows."
                  + " A relative path begins at the folder of the configuration. Left out, it is"
                  + " `ledger.head` in the data directory. A change needs a restart.")
          .example("/mnt/other-disk/ledger.head");
  static final Group GROUP = Group.of(RETENTION, HEAD_FILE);
}
