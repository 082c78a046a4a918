package dev.banyan.cli;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.SideUnreachableException;
import dev.banyan.requests.RequestFileException;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferOperations;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/// What the commands that need no running control plane do, as the rest of the program does it.
public interface Programs {

  /// Serves until the process is told to stop.
  ///
  /// @param data where state is kept; made when it is not there
  /// @return the exit code
  int run(Path file, Path data);

  /// Reads a configuration and tells every problem in it.
  ///
  /// @return the exit code: 0 when there is no problem, 1 when there is one
  int check(Path file, OutputFormat format);

  /// Compares two running systems.
  ///
  /// @param progress told now and then how many requests are done
  /// @throws RequestFileException when the file of requests can not be read
  /// @throws SideUnreachableException when no connection can be made to a side
  ComparisonReport compare(CompareOptions options, LongConsumer progress)
      throws RequestFileException, SideUnreachableException;

  /// Does something with the transfers of a configuration.
  ///
  /// When the process is told to stop meanwhile, what runs is ended at its next chunk, and the
  /// process lives on until `work` has returned and everything is closed; it then exits with the
  /// signal's code.
  ///
  /// @return what `work` returned: the exit code
  /// @throws TransferFailed when the configuration can not be read
  int transfers(Path file, TransferWork work) throws TransferFailed, InterruptedException;

  /// What is done with transfers, its output included.
  interface TransferWork {
    /// @return the exit code
    int on(TransferOperations transfers) throws TransferFailed, InterruptedException;
  }
}
