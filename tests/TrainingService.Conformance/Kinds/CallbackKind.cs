using System.Text.Json;
using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Contracts.Jobs;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Training;
using static TrainingService.Conformance.ConformanceCase;
using EarlyStopping = TrainingService.Engine.Callbacks.EarlyStopping;
using ModelCheckpoint = TrainingService.Engine.Callbacks.ModelCheckpoint;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Conformance.Kinds;

/// <summary>A callback driven with the logs of a run.</summary>
internal static class CallbackKind
{
    private static readonly Dictionary<string, Action<ConformanceCase>> Classes = new()
    {
        ["EarlyStopping"] = EarlyStopping,
        ["ReduceLROnPlateau"] = ReduceLROnPlateau,
        ["LearningRateScheduler"] = LearningRateScheduler,
        ["ModelCheckpoint"] = ModelCheckpoint,
        ["CSVLogger"] = CSVLogger,
        ["TerminateOnNaN"] = TerminateOnNaN,
        ["MonitorDirection"] = MonitorDirectionKind.Check,
        ["HookOrder"] = HookOrderKind.Check,
    };

    public static void Check(ConformanceCase given)
    {
        if (given["expected"].Has("construction", out var construction))
            ConstructionKind.Check(given, accepted: construction.GetString() == "accepted");
        else if (Classes.TryGetValue(given["class_name"].GetString()!, out var check))
            check(given);
        else
            throw new DifferenceException($"there is no check for the callback {given["class_name"].GetString()}.");
    }

    private static void EarlyStopping(ConformanceCase given)
    {
        using var callback = new EarlyStopping(given.Spec<Specs.EarlyStopping>());
        CheckStop(callback, given["logs"], given["expected"], "");
        if (given.Has("second_run", out var second))
            CheckStop(callback, second.GetProperty("logs"), second.GetProperty("expected"), "second run: ");
    }

    private static void CheckStop(EarlyStopping callback, JsonElement logs, JsonElement expected, string run)
    {
        using var fit = new DrivenFit();
        // The bias says after which epoch the weights were taken.
        fit.Run(callback, logs, beforeEnd: epoch => fit.Model.Weights[1].Assign(torch.full(1, epoch)));
        Same(expected.GetProperty("epochs_run").GetInt32(), fit.EpochsRun, run + "epochs run");
        Same(expected.GetProperty("stopped").GetBoolean() ? StopReason.EarlyStopping : null, fit.Context.StopReason, run + "stop");
        Same(expected.GetProperty("stopped_epoch").GetInt32(), callback.StoppedEpoch, run + "stopped epoch");
        Same(expected.Has("best", out var best) ? Tensors.Number(best) : null, callback.Best, run + "best");
        Same(expected.GetProperty("best_epoch").GetInt32(), callback.BestEpoch, run + "best epoch");
        Same(expected.GetProperty("wait").GetInt32(), callback.Wait, run + "wait");
        Same(expected.GetProperty("weights_are_those_after_epoch").GetDouble(), Tensors.Values(fit.Model.Weights[1].Value)[0], run + "weights after epoch");
    }

    private static void ReduceLROnPlateau(ConformanceCase given)
    {
        using var callback = CallbackTable.Build(given.Spec<Specs.ReduceLROnPlateau>());
        using var fit = new DrivenFit();
        fit.Context.Optimizer.LearningRate = given["initial_learning_rate"].GetDouble();
        List<double> after = [], logged = [];
        fit.Run(callback, given["logs"], afterEnd: (_, logs) =>
        {
            logged.Add(logs["learning_rate"]);
            after.Add(fit.Context.Optimizer.LearningRate);
        });
        CloseAll(given, "learning_rate_after_epoch", after);
        CloseAll(given, "logged_learning_rate", logged);
    }

    private static void LearningRateScheduler(ConformanceCase given)
    {
        using var callback = CallbackTable.Build(new Specs.LearningRateScheduler(new EpochSchedule(given["schedule"].ToString())));
        using var fit = new DrivenFit();
        fit.Context.Optimizer.LearningRate = given["initial_learning_rate"].GetDouble();
        List<double> used = [], logged = [];
        var epochs = JsonSerializer.SerializeToElement(Enumerable.Repeat(new { loss = 1.0 }, given["epochs"].GetInt32()));
        fit.Run(callback, epochs, beforeEnd: _ => used.Add(fit.Context.Optimizer.LearningRate), afterEnd: (_, logs) => logged.Add(logs["learning_rate"]));
        CloseAll(given, "learning_rate_in_epoch", used);
        CloseAll(given, "logged_learning_rate", logged);
    }

    private static void CloseAll(ConformanceCase given, string name, List<double> received)
    {
        var expected = given["expected"].GetProperty(name).EnumerateArray().Select(Tensors.Number).ToList();
        Same(expected.Count, received.Count, name);
        for (var epoch = 0; epoch < expected.Count; epoch++)
            given.Close(expected[epoch], received[epoch], $"{name}[{epoch}]");
    }

    private static void ModelCheckpoint(ConformanceCase given)
    {
        using var callback = new ModelCheckpoint(given.Spec<Specs.ModelCheckpoint>());
        using var fit = new DrivenFit();
        fit.Run(callback, given["logs"], batchesPerEpoch: given.Has("batches_per_epoch", out var batches) ? batches.GetInt32() : 1);
        var expected = given["expected"];
        Same(
            string.Join(", ", expected.GetProperty("saves").EnumerateArray().Select(save => $"{save.GetProperty("file").GetString()} {save.GetProperty("epoch")} {save.GetProperty("batch")}")),
            string.Join(", ", fit.Files.Saves), "saves");
        Same(
            string.Join(", ", expected.GetProperty("files").EnumerateArray().Select(file => file.GetString()).Order(StringComparer.Ordinal)),
            string.Join(", ", fit.Files.Names.Order(StringComparer.Ordinal)), "files");
        Same(expected.Has("best", out var best) ? Tensors.Number(best) : null, callback.Best, "best");
    }

    private static void CSVLogger(ConformanceCase given)
    {
        var spec = given.Spec<Specs.CSVLogger>();
        using var fit = new DrivenFit();
        foreach (var (index, run) in given["runs"].EnumerateArray().Index())
        {
            using var callback = CallbackTable.Build(spec with { Append = spec.Append || (index > 0 && given["second_run_appends"].GetBoolean()) });
            fit.Run(callback, run);
        }
        Same(given["expected"].GetProperty("file_text").GetString(), fit.Files.FindText(spec.Filename), "file");
    }

    private static void TerminateOnNaN(ConformanceCase given)
    {
        using var callback = CallbackTable.Build(given.Spec<Specs.TerminateOnNaN>());
        using var fit = new DrivenFit();
        callback.Attach(fit.Context);
        int? stoppedAt = null;
        var raised = false;
        foreach (var (batch, logs) in given["batch_logs"].EnumerateArray().Index())
        {
            using var means = DrivenFit.MeansOf(Tensors.Number(logs.GetProperty("loss")));
            try
            {
                callback.OnTrainBatchEnd(batch, means);
            }
            catch (NonFiniteLossException)
            {
                raised = true;
            }
            if (!raised && fit.Context.StopReason is null)
                continue;
            stoppedAt = batch;
            break;
        }
        var expected = given["expected"];
        Same(expected.Has("stops_at_batch", out var at) ? at.GetInt32() : null, stoppedAt, "stops at batch");
        Same(expected.GetProperty("raises").GetBoolean(), raised, "raises");
        Same(expected.GetProperty("stop_training").GetBoolean() ? StopReason.NanLoss : null, fit.Context.StopReason, "stop");
    }
}
