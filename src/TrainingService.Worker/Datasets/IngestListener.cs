using System.Text.Json;
using System.Threading.Channels;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Worker.Inspector;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>
/// Takes what an inspect process says and brings it into the store: files as they come, how far it is every second at first and then less often,
/// so that an ingest of hours leaves some hundred events.
/// </summary>
internal sealed class IngestListener(
    ChildProcess child, DatasetStore store, IngestFiles files, RunFolder folder, Outage outage, Lease lease, IngestLimits limits, IngestClaim claim, TimeProvider time)
    : IChildListener<IngestMessage>
{
    private const int ChannelMessages = 256;

    private static readonly TimeSpan _shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(15);

    private readonly Channel<IngestMessage> _messages =
        Channel.CreateBounded<IngestMessage>(new BoundedChannelOptions(ChannelMessages) { SingleReader = true });
    private readonly long _begun = time.GetTimestamp();
    private long? _reported;
    private long? _measured;
    private long _storedBytes;

    /// <summary>Its last line.</summary>
    public IngestResult? Result { get; private set; }

    public async ValueTask TakeAsync(IngestMessage message, CancellationToken ct)
    {
        switch (message.Type)
        {
            case IngestMessageTypes.Progress:
                StopWhenTooLarge();
                // The newest is what counts: while a file is stored, others may be left out.
                _messages.Writer.TryWrite(message);
                break;
            case IngestMessageTypes.File:
                await _messages.Writer.WriteAsync(message, ct);
                break;
            case IngestMessageTypes.Result:
                // Its last line: from here on it only has to exit, by the deadline.
                child.Stop();
                Result ??= Read<IngestResult>(message);
                break;
            default:
                throw new InvalidDataException($"type: expected a message of an inspect process. Received: \"{message.Type}\".");
        }
    }

    public void Complete() => _messages.Writer.TryComplete();

    public async Task<bool> StoreAsync(CancellationToken ct)
    {
        await foreach (var message in _messages.Reader.ReadAllAsync(ct))
        {
            var held = message.Type == IngestMessageTypes.File
                ? await TryStoreAsync(Read<DatasetFile>(message), ct)
                : await TryReportAsync(Read<IngestProgressMessage>(message), ct);
            if (held)
                continue;
            lease.MarkLost();
            return false;
        }
        return true;
    }

    private async Task<bool> TryStoreAsync(DatasetFile file, CancellationToken ct)
    {
        var held = await files.TryStoreAsync(file, ct);
        Interlocked.Add(ref _storedBytes, file.SizeBytes);
        return held;
    }

    private async Task<bool> TryReportAsync(IngestProgressMessage progress, CancellationToken ct)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(time.GetElapsedTime(_begun).Ticks / 50, _shortestPause.Ticks, _longestPause.Ticks));
        if (_reported is { } reported && time.GetElapsedTime(reported) < pause)
            return true;
        _reported = time.GetTimestamp();
        return await outage.RetryAsync("report the progress of an ingest", () => store.TryReportAsync(claim.VersionId, claim.Attempt, progress, ct), ct);
    }

    /// <summary>Also what promises little and unpacks into much has to fit.</summary>
    private void StopWhenTooLarge()
    {
        if (_measured is { } measured && time.GetElapsedTime(measured) < _shortestPause)
            return;
        _measured = time.GetTimestamp();
        var bytes = Interlocked.Read(ref _storedBytes) + new DirectoryInfo(folder.OutputDirectory).EnumerateFiles().Sum(file => file.Exists ? file.Length : 0);
        if (bytes <= limits.StoredBytes || Result is not null)
            return;
        Result = new IngestResult(Error: IngestErrors.StoreIsOver(limits.StoredBytes, bytes));
        child.Kill();
    }

    private static T Read<T>(IngestMessage message) =>
        message.Data.Deserialize<T>(ContractsJson.Options) ?? throw new InvalidDataException($"{message.Type}: expected data. Received: null.");
}
