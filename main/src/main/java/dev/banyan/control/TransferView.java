package dev.banyan.control;

import dev.banyan.transfer.report.StatusReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One transfer as `banyan.yaml` declares it, and where it stands. Its components are the fields of
/// the JSON.
///
/// @param from the database's name, like `to`
/// @param families those whose writes change sides with it
/// @param status null where it can not be told
/// @param unavailable why it can not, such as a database that is not there; null where it can
public record TransferView(
    String name,
    String from,
    String to,
    List<String> families,
    @Nullable StatusReport status,
    @Nullable String unavailable) {
  public TransferView {
    families = List.copyOf(families);
  }
}
