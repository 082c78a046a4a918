package dev.banyan.requests;

import dev.banyan.exchange.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes requests from an OpenAPI document, 3.0 or 3.1, in JSON or YAML.
///
/// The order is that of [OpenApiPaths], the requests of one operation those of [OperationCases].
/// The same document always gives the same requests. There are at most [#MOST_CASES] in all and
/// [#MOST_OF_ONE] for one operation; where more are possible, examples are kept and edges chosen
/// evenly, and each that is left out is told as `case-limit`.
final class OpenApiReader implements FormatReader {
  static final int MOST_CASES = 5_000;
  static final int MOST_OF_ONE = 100;

  /// Even of a document with thousands of operations.
  private static final int LEAST_OF_ONE = 2;

  private final RequestFile file;

  OpenApiReader(RequestFile file) {
    this.file = file;
  }

  @Override
  public void read(RequestSink sink) throws IOException, RequestFileException {
    OpenApiDocument document = OpenApiDocument.load(file);
    Schemas schemas = new Schemas(document);
    OpenApiPaths paths = new OpenApiPaths(document, schemas);
    List<OpenApiPaths.Operation> operations = paths.inOrder();
    int share = MOST_CASES / Math.max(1, operations.size());
    int most = Math.clamp(share, LEAST_OF_ONE, MOST_OF_ONE);
    for (OpenApiPaths.Operation operation : operations) {
      String place = file.place(operation.method() + " " + operation.path());
      int unresolved = document.unresolved();
      OperationCases cases = new OperationCases(document, schemas, paths, operation);
      if (document.unresolved() > unresolved) {
        sink.skipped(place, "unresolved-reference");
      } else if (cases.lacksBody()) {
        sink.skipped(place, "unknown-body");
      } else {
        hand(cases, operation.method().equals("DELETE"), most, place, sink);
      }
    }
  }

  private static void hand(
      OperationCases cases, boolean examplesLast, int most, String place, RequestSink sink) {
    List<OperationCases.Case> chosen = new ArrayList<>();
    List<OperationCases.Case> examples = cases.examples();
    List<OperationCases.Case> edges = cases.edges();
    int kept = Math.min(examples.size(), most);
    chosen.addAll(examples.subList(0, kept));
    List<OperationCases.Case> left = new ArrayList<>(examples.subList(kept, examples.size()));
    int room = Math.min(most - kept, edges.size());
    List<OperationCases.Case> some = new ArrayList<>();
    for (int i = 0; i < edges.size(); i++) {
      // Whether a multiple of the stride edges/room lies within this one.
      boolean taken = (long) (i + 1) * room / edges.size() > (long) i * room / edges.size();
      (taken ? some : left).add(edges.get(i));
    }
    // What deletes the thing comes behind what only tries to.
    chosen.addAll(examplesLast ? 0 : chosen.size(), some);
    for (OperationCases.Case each : chosen) {
      hand(each, place + " (" + each.name() + ")", sink);
    }
    for (OperationCases.Case each : left) {
      sink.skipped(place + " (" + each.name() + ")", "case-limit");
    }
  }

  private static void hand(OperationCases.Case each, String place, RequestSink sink) {
    Request request = each.request().get();
    if (request == null) {
      sink.skipped(place, "unwritable-case");
    } else {
      sink.request(new RecordedRequest(place, request, null));
    }
  }
}
