/// Files of requests that were made or written down elsewhere, read as requests to be sent again.
///
/// [RequestFiles] finds out which [Format] a file has and reads it request by request into a
/// [RequestSink]: each is a [RecordedRequest] that knows where in the file it stands. A file that
/// can not be read on ends in a [RequestFileException] that says where and why.
@NullMarked
package dev.banyan.requests;

import org.jspecify.annotations.NullMarked;
