using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

public sealed class LayerRuleTests
{
    public static TheoryData<int> Samples => new(Enumerable.Range(0, LayerSamples.All.Count));

    [Fact]
    public void Every_layer_of_the_catalog_has_a_sample()
    {
        var without = KerasCatalog.Layers.Records.Except(LayerSamples.All.Select(sample => sample.Spec.GetType())).Where(record => !typeof(ModelSpec).IsAssignableFrom(record));
        Assert.Empty(without.Select(record => record.Name));
    }

    [Theory, MemberData(nameof(Samples))]
    public void A_rule_answers_any_rank_with_a_shape_or_a_complaint(int number)
    {
        var sample = LayerSamples.All[number];
        foreach (var size in new long?[] { null, 1, 2, 7 })
        {
            for (var rank = 0; rank <= 7; rank++)
            {
                var shape = new Shape(Enumerable.Repeat(size, rank));
                Shape[] inputs = [.. Enumerable.Repeat(shape, sample.Inputs.Count)];
                Ask(sample.Spec, inputs, new CallSpec(sample.Form(), [.. inputs, .. sample.Named.Select(argument => argument.Shape)]));
            }
        }
        foreach (var count in new[] { 0, 1, 2, 5 })
            Ask(sample.Spec, [.. Enumerable.Repeat(sample.Inputs[0], count)], new CallSpec(CallForm.OfInputs(count), []));
    }

    [Theory, MemberData(nameof(Samples))]
    public void An_unknown_batch_changes_only_the_batch(int number)
    {
        var sample = LayerSamples.All[number];
        var known = sample.Spec.OutputShapes(sample.Inputs, new CallSpec(sample.Form(), sample.Shapes));
        Shape[] open = [.. sample.Shapes.Select(shape => shape.With(0, null))];
        var unknown = sample.Spec.OutputShapes([.. open.Take(sample.Inputs.Count)], new CallSpec(sample.Form(), open));
        Assert.Equal(known.Count, unknown.Count);
        Assert.All(known.Zip(unknown), pair => Assert.True(pair.Second.IsCompatibleWith(pair.First), $"{pair.Second} for {pair.First}"));
        Assert.Equal(
            sample.Spec.Weights(sample.Inputs, new CallSpec(sample.Form(), sample.Shapes)).Select(weight => (weight.Name, weight.Shape)),
            sample.Spec.Weights([.. open.Take(sample.Inputs.Count)], new CallSpec(sample.Form(), open)).Select(weight => (weight.Name, weight.Shape)));
    }

    [Fact]
    public void A_layer_that_cannot_be_computed_is_refused_by_name_with_the_reason()
    {
        foreach (var (name, reason) in RefusedLayers.Reasons)
        {
            Assert.Null(KerasCatalog.Layers.Find(name));
            Assert.Null(ContractsJson.TryRead<LayerSpec>(Tests.Samples.Raw($$"""{"class_name": "{{name}}", "config": {} }"""), out var violations));
            var violation = Assert.Single(violations);
            Assert.Equal("/class_name", violation.Pointer);
            Assert.Contains(reason, violation.Message);
        }
    }

    /// <summary>A layer may refuse; it may not fail in another way.</summary>
    private static void Ask(LayerSpec spec, IReadOnlyList<Shape> inputs, CallSpec call)
    {
        try
        {
            Assert.NotNull(spec.OutputShapes(inputs, call));
            Assert.NotNull(spec.Weights(inputs, call));
        }
        catch (SpecException complaint)
        {
            Assert.NotEmpty(complaint.Message);
        }
    }
}
