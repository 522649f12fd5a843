using TorchSharp;
using TrainingService.Contracts.Callbacks;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Tests.Training;
using EarlyStopping = TrainingService.Contracts.Callbacks.EarlyStopping;

namespace TrainingService.Engine.Tests.Callbacks;

/// <summary>A fit that is broken off after any epoch and resumed elsewhere ends as one that was not.</summary>
[Collection(TrainingCollection.Name)]
public class CallbackStateTests
{
    private static readonly double[] Losses = [1, 0.8, double.NaN, 0.9, 0.7, 0.75, 0.76, 0.77, 0.78, 0.6];

    private static readonly Dictionary<string, CallbackSpec> Specs = new CallbackSpec[]
    {
        new EarlyStopping("loss", Patience: 3, RestoreBestWeights: true),
        new Contracts.Callbacks.ModelCheckpoint("m-{epoch}.safetensors", "loss", SaveBestOnly: true),
        new Contracts.Callbacks.ModelCheckpoint("m-{epoch}-{batch}.safetensors", SaveFreq: Frequency.EveryBatches(3)),
        new Contracts.Callbacks.ReduceLROnPlateau("loss", 0.5, Patience: 1, Cooldown: 1),
        new Contracts.Callbacks.LearningRateScheduler(new EpochSchedule("lr * 0.9 + 0.01 * epoch")),
        new Contracts.Callbacks.CSVLogger("log.csv", ";"),
        new Contracts.Callbacks.TerminateOnNaN(),
    }.Select((spec, index) => KeyValuePair.Create($"{index} {spec.GetType().Name}", spec)).ToDictionary();

    public static TheoryData<string> Names => new(Specs.Keys);

    [Theory, MemberData(nameof(Names))]
    public void A_callback_resumed_after_any_epoch_ends_the_same(string name)
    {
        var whole = Run(Specs[name], breakAfter: null);
        for (var epoch = 1; epoch < Losses.Length; epoch++)
            Assert.Equal(whole, Run(Specs[name], epoch));
    }

    [Fact]
    public void History_is_part_of_the_state()
    {
        using var fit = new SmallFit();
        using var first = new Engine.Callbacks.History();
        using var second = new Engine.Callbacks.History();
        fit.Drive(first, new RunFiles(), 0, 3, end: false, epoch => Losses[epoch]);
        using var state = first.GetState();
        fit.Resume(second, new RunFiles(), state);
        Assert.Equal([0, 1, 2], second.Epochs);
        Assert.Equal([1, 0.8, double.NaN], second.Figures["loss"]);
    }

    /// <returns>Everything that can be seen of a fit: where it stopped, the weights, the rate, the files.</returns>
    private static string Run(CallbackSpec spec, int? breakAfter)
    {
        using var scope = torch.NewDisposeScope();
        using var fit = new SmallFit();
        var files = new RunFiles();
        using var first = CallbackTable.Build(spec);
        using var second = CallbackTable.Build(spec);
        double Loss(int epoch)
        {
            fit.Model.Weights[1].Assign(torch.full(1, epoch + 1)); // the bias says after which epoch the weights were taken
            return Losses[epoch];
        }
        fit.Drive(first, files, 0, breakAfter ?? Losses.Length, end: breakAfter is null, Loss);
        var stop = fit.Context!.StopReason;
        if (breakAfter is { } epoch && stop is null)
        {
            using var state = first.GetState();
            fit.Resume(second, files, state);
            fit.Drive(second, files, epoch, Losses.Length - epoch, end: true, Loss);
            stop = fit.Context.StopReason;
        }
        else if (breakAfter is not null)
        {
            first.OnTrainEnd(new Engine.Training.Logs());
        }
        return $"{stop} {fit.Model.Weights[1].Value[0].item<float>()} {fit.Optimizer.LearningRate} {string.Join(' ', files.Saves)} {string.Join(' ', files.Texts.Values)}";
    }

    [Theory, MemberData(nameof(Names))]
    public void Giving_state_leaves_no_tensor_behind(string name)
    {
        using var fit = new SmallFit();
        var before = LiveTensors.Settled();
        using (torch.NewDisposeScope())
        using (var callback = CallbackTable.Build(Specs[name]))
        {
            fit.Drive(callback, new RunFiles(), 0, 2, end: false);
            callback.GetState().Dispose();
        }
        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
