package dev.banyan.transfer.mapping;

import dev.banyan.transfer.mapping.Computing.Inputs;
import dev.banyan.transfer.mapping.Computing.Value;
import dev.banyan.transfer.table.Special;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One column computed from some by an expression, for the rows of which it was asked before.
///
/// @param known what the expressions come to, there or back
@SuppressWarnings("ArrayRecordComponent") // read for each row, and never written to
record Computed(int[] sources, int to, Computing computing, Map<Inputs, Value> known)
    implements Lens {
  Computed(int[] sources, int to, Computing computing) {
    this(sources, to, computing, Map.of());
  }

  @Override
  public int[] targets() {
    return new int[] {to};
  }

  @Override
  public int[] given() {
    return computing.back() == null ? new int[0] : sources;
  }

  @Override
  public boolean asks() {
    return true;
  }

  @Override
  public Lens knowing(List<@Nullable Object[]> rows, boolean forward) throws SQLException {
    int[] from = forward ? sources : targets();
    List<Inputs> inputs = rows.stream().map(cells -> inputs(cells, from)).toList();
    if (!forward && computing.back() == null) {
      return this;
    }
    return new Computed(
        sources, to, computing, forward ? computing.there(inputs) : computing.again(inputs));
  }

  private static Inputs inputs(@Nullable Object[] cells, int[] columns) {
    @Nullable Object[] inputs = new Object[columns.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = cells[columns[i]];
    }
    return new Inputs(inputs);
  }

  private @Nullable Object value(Inputs inputs) {
    if (inputs.leftOut()) {
      for (Object cell : inputs.cells()) {
        if (cell != Special.UNCHANGED) {
          throw new CellRefused(
              "the change left out one of the columns that the expression names: the log must carry"
                  + " whole rows");
        }
      }
      return Special.UNCHANGED;
    }
    Value value = known.get(inputs);
    if (value == null) {
      throw new IllegalStateException("a row was mapped of which nothing was asked");
    }
    return value.orRefuse();
  }

  @Override
  public void forward(@Nullable Object[] source, @Nullable Object[] target) {
    target[to] = value(inputs(source, sources));
  }

  @Override
  public void back(@Nullable Object[] target, @Nullable Object[] source) {
    if (computing.back() != null) {
      source[sources[0]] = value(inputs(target, targets()));
    }
  }

  @Override
  public boolean lossless() {
    return computing.tried();
  }

  @Override
  public String says() {
    var back = computing.back();
    return "sql "
        + computing.forward().sql()
        + (back == null ? "" : ", inverse " + back.sql())
        + (computing.tried() ? "" : ", lossy");
  }
}
