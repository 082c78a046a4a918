package dev.banyan.config;

import dev.banyan.proxy.CertificateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Looks into the files that a configuration names, once the configuration itself is sound: a file
/// that cannot be used is found by `check` and at a reload, and not by a connection.
final class NamedFiles {
  private NamedFiles() {}

  static void check(Values file, Path folder, Findings findings) {
    for (Named<Values> service : file.find(Keys.SERVICES).orElse(List.of())) {
      service
          .value()
          .find(ServiceKeys.TLS)
          .flatMap(tls -> tls.placed(ServiceKeys.Tls.CA))
          .ifPresent(ca -> certificates(ca, folder, findings));
    }
  }

  private static void certificates(Placed<String> ca, Path folder, Findings findings) {
    try {
      CertificateFile.read(folder.resolve(ca.value()));
    } catch (IOException e) {
      findings.add(ca.place(), e.getMessage() + "; allowed: a file of PEM certificates");
    }
  }
}
