using TrainingService.Contracts.Datasets;
using TrainingService.Engine.Datasets.Formats;
using TrainingService.Engine.Datasets.Previews;
using TrainingService.Engine.Training;
using TrainingService.Worker.Child;

namespace TrainingService.Worker.Inspector;

/// <summary>One version's files, read within a time; what came of it is said in every case.</summary>
internal sealed class Inspection(IngestPlan plan, MessageWriter messages)
{
    private const int NoSpaceLeft = 28, QuotaExceeded = 122; // ENOSPC, EDQUOT

    public void Run(CancellationToken stop)
    {
        using var overdue = plan.TimeLimitSeconds is { } seconds ? new CancellationTokenSource(TimeSpan.FromSeconds(seconds)) : new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, overdue.Token);
        messages.Write(IngestMessageTypes.Result, Read(stop, overdue.Token, end.Token));
    }

    private IngestResult Read(CancellationToken stop, CancellationToken overdue, CancellationToken end)
    {
        try
        {
            var total = plan.Files.Sum(file => SizeOf(file.Path));
            var progress = new IngestProgress(total, message => messages.Write(IngestMessageTypes.Progress, message));
            var stored = Ingest.Run(plan, progress, end);
            foreach (var file in stored.Files.Concat(PreviewWriter.Write(plan.OutputDirectory, end)))
                messages.Write(IngestMessageTypes.File, file);
            return new IngestResult(stored.Schema);
        }
        catch (IngestException exception)
        {
            return new IngestResult(Error: exception.ToError());
        }
        catch (Exception exception) when (stop.IsCancellationRequested || overdue.IsCancellationRequested)
        {
            // What is broken off in the middle may fail in many ways.
            if (exception is not OperationCanceledException)
                Console.Error.WriteLine(exception);
            return stop.IsCancellationRequested ? new IngestResult(Cancelled: true) : new IngestResult(Error: IngestErrors.TimeIsOver(plan.TimeLimitSeconds!.Value));
        }
        catch (Exception exception) when (FailureClassifier.IsOutOfMemory(exception) && plan.MemoryLimitBytes is not null)
        {
            Console.Error.WriteLine(exception);
            return new IngestResult(Error: IngestErrors.MemoryIsOver(plan.MemoryLimitBytes.Value));
        }
        catch (IOException exception) when (exception.HResult is NoSpaceLeft or QuotaExceeded)
        {
            return new IngestResult(Error: IngestErrors.DiskIsFull(exception.Message));
        }
        catch (Exception exception)
        {
            // A bug, and the same one again if it were tried again.
            Console.Error.WriteLine(exception);
            return new IngestResult(Error: new DatasetError(DatasetErrorCodes.InternalError, $"{exception.GetType().Name}: {exception.Message}"));
        }
    }

    /// <summary>Through a link, where it is one.</summary>
    private static long SizeOf(string path)
    {
        using var file = File.OpenRead(path);
        return file.Length;
    }
}
