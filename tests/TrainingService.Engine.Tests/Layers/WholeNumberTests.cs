using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Tests.Layers;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;

namespace TrainingService.Engine.Tests.Layers;

/// <summary>Data sets of whole numbers go through every layer as the same real numbers would.</summary>
[Collection(TrainingCollection.Name)]
public class WholeNumberTests
{
    // Their outputs have the dtype of their inputs, as Keras's have.
    private static readonly Type[] Rounds = [typeof(Contracts.Layers.SpectralNormalization), typeof(Contracts.Layers.Resizing)];

    public static TheoryData<int> Samples => new(
        Enumerable.Range(0, LayerSamples.All.Count).Where(number => LayerSamples.All[number].OnTensors && !Rounds.Contains(LayerSamples.All[number].Spec.GetType())));

    [Theory, MemberData(nameof(Samples))]
    public void A_whole_number_is_the_real_number(int number)
    {
        var sample = LayerSamples.All[number];
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var layer = LayerTable.Build(
            sample.Spec, new LayerContext("layer", sample.Inputs, true, new RandomStreams(1), torch.CPU) { Call = new CallSpec(sample.Form(), sample.Shapes) });
        var whole = sample.Shapes.Select(shape => torch.randint(0, sample.Below ?? 3, [.. shape.Select(size => size!.Value)], dtype: torch.int64)).ToArray();

        var received = Call(whole);
        var expected = Call([.. whole.Select(tensor => tensor.to(torch.float32))]);

        Assert.True(expected.allclose(received, rtol: 1e-4, atol: 1e-5), sample.Spec.GetType().Name);

        torch.Tensor Call(torch.Tensor[] tensors) =>
            layer.Apply(new CallContext(training: false).For(sample.Form(), [.. tensors.Select(tensor => new KerasTensor(tensor))]))[0].Value.to(torch.float32);
    }
}
