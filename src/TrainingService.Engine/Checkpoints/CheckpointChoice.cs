using System.Text.Json.Nodes;
using TrainingService.Contracts.Events;
using TrainingService.Contracts.Trainer;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Checkpoints;

/// <summary>The checkpoint that a run goes on from: the first of those it was given that can be used.</summary>
internal static class CheckpointChoice
{
    /// <summary>Reads it; the caller disposes of its content.</summary>
    /// <param name="plan">Names the checkpoints.</param>
    /// <param name="observer">Is warned of each that cannot be used.</param>
    /// <returns>Null when the run begins anew.</returns>
    /// <exception cref="CheckpointException">There are some, and none can be used.</exception>
    public static (CheckpointContent Content, TrainerCheckpoint Which)? Read(TrainerPlan plan, ITrainingObserver observer)
    {
        TrainerCheckpoint[] candidates = [.. plan.Resume is { } first ? [first] : Array.Empty<TrainerCheckpoint>(), .. plan.ResumeFallbacks ?? []];
        if (candidates.Length == 0)
            return null;
        List<string> refused = [];
        foreach (var candidate in candidates)
        {
            try
            {
                var content = Read(candidate, plan);
                if (IdentityOf(content)["threads"] is { } threads && (int)threads != plan.Threads)
                    observer.OnLog(new LogEvent("warning", $"Checkpoint {candidate.Number} was made with {threads} threads; this run has {plan.Threads}, so that its figures may differ in the last digits."));
                return (content, candidate);
            }
            catch (CheckpointException exception)
            {
                refused.Add($"checkpoint {candidate.Number} (epoch {candidate.Epoch}, step {candidate.Step}): {exception.Message}");
                observer.OnLog(new LogEvent("warning", $"Cannot go on from {refused[^1]}"));
            }
        }
        throw new CheckpointException($"None of the {candidates.Length} checkpoints can be used. {string.Join(" ", refused)}");
    }

    private static JsonObject IdentityOf(CheckpointContent content) => JsonNode.Parse(new StateReader(content).Value<string>("run/identity"))!.AsObject();

    private static CheckpointContent Read(TrainerCheckpoint candidate, TrainerPlan plan)
    {
        var content = CheckpointFile.Read(candidate.Path);
        try
        {
            var state = new StateReader(content);
            var (number, epoch, step) = (state.Value<long>("run/number"), state.Value<int>("fit/epoch"), state.Value<long>("fit/step"));
            if (number != candidate.Number || epoch != candidate.Epoch || step != candidate.Step)
                throw new CheckpointException($"expected number {candidate.Number}, epoch {candidate.Epoch}, step {candidate.Step}. Received: the file of number {number}, epoch {epoch}, step {step}.");
            RunIdentity.Check(IdentityOf(content), RunIdentity.Of(plan), plan.ContinueFrom);
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
