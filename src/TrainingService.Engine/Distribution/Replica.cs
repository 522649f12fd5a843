using TorchSharp;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;

namespace TrainingService.Engine.Distribution;

/// <summary>One copy of the model, and the step that it is in.</summary>
/// <param name="model">The copy.</param>
internal sealed class Replica(Model model)
{
    private readonly List<torch.Tensor> _sources = [];

    /// <summary>The copy.</summary>
    public Model Model { get; } = model;

    /// <summary>Outputs of the step, cut off from how they were made.</summary>
    public IReadOnlyList<KerasTensor> Outputs { get; private set; } = [];

    /// <summary>What layers add to the loss, likewise.</summary>
    public IReadOnlyList<torch.Tensor> Losses { get; private set; } = [];

    /// <summary>Computes the outputs of its part of the batch.</summary>
    public void Forward(KerasTensor[] inputs)
    {
        Model.Parameters.ZeroGradients();
        var call = new CallContext(training: true);
        var outputs = Model.Call([.. inputs.Select(input => new KerasTensor(input.Value.to(Model.Device)))], call);
        _sources.Clear();
        _sources.AddRange([.. outputs.Select(output => output.Value), .. call.Losses]);
        Outputs = [.. outputs.Select(output => new KerasTensor(output.Value.detach(), output.Mask?.detach()))];
        Losses = [.. call.Losses.Select(loss => loss.detach())];
    }

    /// <summary>Adds to its gradients, given those of its outputs and losses; null where the loss does not depend on one.</summary>
    public void Backward(IReadOnlyList<torch.Tensor?> gradients)
    {
        var pairs = _sources.Zip(gradients).Where(pair => pair.First.requires_grad && pair.Second is not null).ToList();
        if (pairs.Count > 0)
            torch.autograd.backward([.. pairs.Select(pair => pair.First)], [.. pairs.Select(pair => pair.Second!.to(Model.Device))]);
        Model.Parameters.CollectGradients();
        _sources.Clear();
    }
}
