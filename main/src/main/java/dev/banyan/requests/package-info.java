/// Files of requests that were made or written down elsewhere, read as requests to be sent again.
///
/// [RequestFiles] looks at a file's [FirstBytes] to find out which [Format] it has, and has one
/// [FormatReader] read it request by request into a [RequestSink]: [HarReader] by [HarEntry],
/// [GorReader] by [Payload], [AccessLogReader] by [LogLine] and [JsonLogLine], [ListReader] with
/// its [BodyFile]. [OpenApiReader] makes requests up: an [OpenApiDocument] gives [OpenApiPaths] in
/// an order that makes sense, each tried in [OperationCases] with valid values from [Schemas] and
/// odd ones from [Boundaries]. Every request is a [RecordedRequest] that knows where in the file it
/// stands, and [Limits] bound what any file can cost. A file that can not be read on ends in a
/// [RequestFileException] that says where and why.
@NullMarked
package dev.banyan.requests;

import org.jspecify.annotations.NullMarked;
