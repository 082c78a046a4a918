package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A transfer's mapping as far as it could be made, and everything that was found.
///
/// @param mappings empty where a finding blocks
/// @param findings by table and column, in the order of the declarations
public record Draft(Optional<Mappings> mappings, List<Finding> findings) {
  public Draft {
    findings = List.copyOf(findings);
  }

  /// The tables of one database.
  ///
  /// @param defaultSchema of names without a schema
  /// @param expressions computes those of this side
  public record Side(List<Table> tables, String defaultSchema, Expressions expressions) {
    public Side {
      tables = List.copyOf(tables);
    }

    Optional<Table> find(String name) {
      TableName wanted = TableName.parse(name, defaultSchema);
      return tables.stream().filter(table -> table.name().equals(wanted)).findFirst();
    }
  }

  /// What is asked while a mapping is made, and by it.
  ///
  /// @param maps null where no id maps can be kept
  /// @param named the maps that rules name
  record Asked(
      Expressions source,
      Expressions target,
      boolean sameEngine,
      @Nullable IdMaps maps,
      Map<String, IdMap> named) {}

  /// Makes what is declared out of the tables that there are.
  ///
  /// @param sameEngine both databases are of one product, with the same orders and special values
  /// @param maps null where no id maps can be kept
  /// @throws SQLException where a database could not be asked about an expression
  public static Draft of(
      List<TableOptions> declared,
      Side source,
      Side target,
      boolean sameEngine,
      @Nullable IdMaps maps)
      throws SQLException {
    List<Finding> findings = new ArrayList<>();
    Map<String, IdMap> named = IdMap.all(declared, source, target, findings);
    Asked asked = new Asked(source.expressions(), target.expressions(), sameEngine, maps, named);
    List<TableDraft> drafts = new ArrayList<>();
    for (TableOptions each : declared) {
      Optional<Table> from = source.find(each.from());
      Optional<Table> to = target.find(each.to());
      if (from.isEmpty() || to.isEmpty()) {
        findings.add(missing(each, from.isEmpty()));
      } else {
        TableDraft draft = new TableDraft(each, from.get(), to.get(), asked, findings);
        draft.build();
        drafts.add(draft);
      }
    }
    everyColumnGoesSomewhere(drafts, findings);
    mergedRowsAreToldApart(drafts, findings);
    splitRowsComeBack(drafts, findings);
    boolean blocked = findings.stream().anyMatch(Finding::blocks);
    return new Draft(
        blocked
            ? Optional.empty()
            : Optional.of(
                new Mappings(
                    drafts.stream().map(draft -> draft.mapping(decides(drafts, draft))).toList())),
        findings);
  }

  private static Finding missing(TableOptions declared, boolean source) {
    String name = source ? declared.from() : declared.to();
    return new Finding(
        true,
        "no-table",
        name,
        "there is no table "
            + name
            + " on the "
            + (source ? "source" : "target")
            + (source ? "" : "; `banyan transfer plan --ddl` drafts it"));
  }

  private static void everyColumnGoesSomewhere(List<TableDraft> drafts, List<Finding> findings) {
    Map<TableName, Set<String>> left = new LinkedHashMap<>();
    Map<TableName, TableDraft> first = new LinkedHashMap<>();
    for (TableDraft draft : drafts) {
      left.merge(
          draft.source().name(),
          new HashSet<>(draft.left()),
          (some, others) -> {
            some.retainAll(others);
            return some;
          });
      first.putIfAbsent(draft.source().name(), draft);
    }
    left.forEach((table, columns) ->
        columns.stream()
            .sorted()
            .forEach(column ->
                findings.add(
                    new Finding(
                        true,
                        "column-left",
                        table + "." + column,
                        "no column of the target takes "
                            + column
                            + ": name the one that does (`"
                            + column
                            + ": its_name`), or leave it behind (`"
                            + column
                            + ": { drop: true, lossy: why }`)"))));
  }

  /// Of a row that is split over several tables the first that is declared says whether it is
  /// there, unless another takes all of its rows and more.
  private static boolean decides(List<TableDraft> drafts, TableDraft draft) {
    for (TableDraft other : drafts) {
      boolean earlier = drafts.indexOf(other) < drafts.indexOf(draft);
      if (other != draft
          && draft.splits(other)
          && (draft.isPartOf(other) || (earlier && !other.isPartOf(draft)))) {
        return false;
      }
    }
    return true;
  }

  /// Changes come back table by table, each with its own part of the row.
  private static void splitRowsComeBack(List<TableDraft> drafts, List<Finding> findings) {
    for (TableDraft draft : drafts) {
      for (TableDraft other : drafts) {
        if (draft != other && draft.splits(other)) {
          draft
              .lacking(other)
              .forEach(column ->
                  findings.add(
                      new Finding(
                          false,
                          "no-way-back",
                          draft.source().name() + "." + column,
                          "comes back from "
                              + other.target().name()
                              + " and not from "
                              + draft.target().name()
                              + ", takes no NULL and has no default: rows that begin on the target"
                              + " can not be brought back to the source")));
        }
      }
    }
  }

  private static void mergedRowsAreToldApart(List<TableDraft> drafts, List<Finding> findings) {
    Map<TableName, Map<Map<String, String>, TableDraft>> seen = new LinkedHashMap<>();
    for (TableDraft draft : drafts) {
      Map<Map<String, String>, TableDraft> others =
          seen.computeIfAbsent(draft.target().name(), name -> new LinkedHashMap<>());
      boolean unnamed = draft.shares().isEmpty() || others.containsKey(Map.<String, String>of());
      if (!others.isEmpty() && (unnamed || others.containsKey(draft.shares()))) {
        findings.add(
            new Finding(
                true,
                "merged",
                draft.target().name().toString(),
                "rows of several tables go here, "
                    + draft.source().name()
                    + " among them, and nothing tells them apart: give each its own"
                    + " `discriminator: { column: value }`"));
      }
      others.put(draft.shares(), draft);
    }
  }
}
