using System.Text.Json;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Optimizers;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class ResolvedSpecTests
{
    [Fact]
    public void Every_default_is_filled_in()
    {
        var spec = Samples.Accept(Samples.Regression()).Spec;
        Assert.Equal("sequential", spec.Name);
        Assert.Equal(new RmsProp(), spec.Compile.Optimizer);
        Assert.Equal((1, 32, 1), (spec.Fit!.Epochs, spec.Fit.BatchSize, spec.Fit.ValidationFreq));
        Assert.Empty(spec.Fit.Callbacks!);
        Assert.Equal(new ResourcesSpec(), spec.Resources);
        Assert.Null(spec.Resources!.Threads);
        Assert.Equal(new StoppingSpec(), spec.Stopping);
        Assert.Empty(spec.Export!);
        Assert.Empty(spec.Tags!);
        Assert.Empty(spec.Metadata!);
        Assert.Equal(new GlorotUniform(), Assert.IsType<Dense>(((Sequential)spec.Model).Layers[0]).KernelInitializer);
    }

    [Fact]
    public void Strides_and_initializers_are_written_out()
    {
        var job = Samples.MnistCnn().Without("/model/config/layers/2/config/strides").Without("/model/config/layers/1/config/strides");
        var layers = ((Sequential)Samples.Accept(job).Spec.Model).Layers;
        Assert.Equal<Sizes>([2, 2], Assert.IsType<MaxPooling2D>(layers[2]).Strides!);
        Assert.Equal<Sizes>([1, 1], Assert.IsType<Conv2D>(layers[1]).Strides);
    }

    [Fact]
    public void A_seed_is_drawn_when_there_is_none()
    {
        var seeds = Enumerable.Range(0, 5).Select(_ => Samples.Accept(Samples.Regression()).Spec.Seed!.Value).ToList();
        Assert.All(seeds, seed => Assert.InRange(seed, 0, JobSpec.LargestSeed));
        Assert.True(seeds.Distinct().Count() > 1);
        Assert.Equal(7, Samples.Accept(Samples.Regression().With("/seed", "7")).Spec.Seed);
    }

    [Theory, InlineData("-1"), InlineData("9007199254740992")]
    public void A_seed_outside_53_bits_is_refused(string seed) => Assert.Equal("/seed", Samples.RefuseOne(Samples.Regression().With("/seed", seed)).Pointer);

    [Theory, InlineData("0"), InlineData("-3")]
    public void Zero_epochs_are_refused(string epochs)
    {
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/fit/epochs", epochs));
        Assert.Equal(("/fit/epochs", ViolationCodes.OutOfRange), (violation.Pointer, violation.Code));
        Assert.Equal($"expected 1 to 1000000. Received: {epochs}.", violation.Message);
    }

    [Fact]
    public void Everything_wrong_is_told_at_once_in_the_order_of_the_document()
    {
        var violations = Samples.Refuse(Samples.MnistCnn()
            .With("/name", "\"\"")
            .With("/model/config/layers/1/config/activation", "\"rellu\"")
            .With("/model/config/layers/8/config/units", "1.0")
            .With("/compile/optimzer", "\"adam\"")
            .With("/compile/loss", "\"cross_entropy\"")
            .With("/data/train/dataset", "\"minst\"")
            .With("/data/validation/split", "\"dev\"")
            .With("/fit/epochs", "0")
            .With("/fit/callbacks/1/config/filepath", "\"best.keras\"")
            .With("/seed", "-1"));
        Assert.Equal(
            [
                "/name", "/model/config/layers/1/config/activation", "/model/config/layers/8/config/units", "/compile/loss", "/compile/optimzer",
                "/data/train/dataset", "/data/validation/split", "/fit/epochs", "/fit/callbacks/1/config/filepath", "/seed",
            ],
            violations.Select(violation => violation.Pointer));
    }

    [Fact]
    public void What_can_be_judged_without_the_part_that_is_wrong_is_judged()
    {
        var violations = Samples.Refuse(Samples.MnistCnn()
            .With("/model/config/layers/6/config/units", "1000000000")
            .With("/compile/optimzer", "1")
            .With("/data/train/pipeline/2", "{\"cach\": {}}")
            .With("/fit/callbacks/0/config/monitor", "\"val_los\""));
        Assert.Equal(
            [
                ("/model/config/layers/6", ViolationCodes.TooLarge), ("/compile/optimzer", ViolationCodes.UnknownField),
                ("/data/train/pipeline/2/cach", ViolationCodes.UnknownField), ("/fit/callbacks/0/config/monitor", ViolationCodes.UnknownMonitor),
            ],
            violations.Select(violation => (violation.Pointer, violation.Code)));
    }

    [Fact]
    public void Nothing_follows_from_another_error()
    {
        // Without the Reshape everything behind it would be of another shape.
        var violation = Samples.RefuseOne(Samples.MnistCnn().With("/data/train/pipeline/1/map/config/target_shape", "\"28x28\""));
        Assert.Equal("/data/train/pipeline/1/map/config/target_shape", violation.Pointer);
    }

    [Fact]
    public void A_stored_spec_survives_the_reordering_of_jsonb()
    {
        var spec = JsonSerializer.SerializeToNode(Samples.Accept(Samples.MnistCnn()).Spec, ContractsJson.Options)!;
        var sorted = Sorted(JsonSerializer.SerializeToElement(spec));
        Assert.Equal(spec.ToJsonString(), JsonSerializer.Serialize(JsonSerializer.Deserialize<JobSpec>(sorted, ContractsJson.Options), ContractsJson.Options));
    }

    /// <summary>PostgreSQL's jsonb keeps members by length of their name, then by name.</summary>
    private static string Sorted(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject().OrderBy(member => member.Name.Length).ThenBy(member => member.Name, StringComparer.Ordinal).Select(member => $"\"{member.Name}\":{Sorted(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Sorted))}]",
        _ => json.GetRawText(),
    };
}
