package dev.banyan.parity;

import dev.banyan.migration.Severity;

/// What somebody has decided about one place by command.
public sealed interface Ruling {
  Scope scope();

  /// Why.
  String reason();

  /// Who.
  String author();

  /// The two sides may differ there for a while.
  record Accepted(Acceptances.Entry entry) implements Ruling {
    @Override
    public Scope scope() {
      return entry.scope();
    }

    @Override
    public String reason() {
      return entry.reason();
    }

    @Override
    public String author() {
      return entry.author();
    }
  }

  /// The two sides may not differ there once: a difference is breaking, whatever the wire matrix
  /// says, and the parity gate holds for one.
  record Critical(Scope scope, String reason, String author) implements Ruling {
    public Critical {
      if (reason.isBlank() || author.isBlank()) {
        throw new IllegalArgumentException("a ruling needs a reason and an author");
      }
    }

    SeverityRules.Rule rule() {
      return new SeverityRules.Rule(
          scope.endpoint(), scope.where(), scope.kind(), Severity.BREAKING);
    }
  }
}
