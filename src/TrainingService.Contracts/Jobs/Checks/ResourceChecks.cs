using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Jobs.Checks;

/// <summary>Checks what a job asks of the machine: device, precision, replicas.</summary>
internal sealed class ResourceChecks(ReadContext context)
{
    /// <param name="resources">As it was read.</param>
    /// <param name="model">The job's model.</param>
    public void Check(ResourcesSpec? resources, ModelSpec? model)
    {
        if (resources is null || !context.IsSound(resources))
            return;
        if (resources is { Replicas: { } replicas, Strategy: null })
            Refuse(resources, "replicas", $"expected strategy \"mirrored\" with it. Received: {replicas} and no strategy.");
        if (resources is { Device: "cpu", MixedPrecision: "mixed_float16" })
            Refuse(resources, "mixed_precision", "expected \"mixed_bfloat16\" on a CPU, which has no float16 arithmetic. Received: \"mixed_float16\" with device \"cpu\".");
        if (resources is not { Strategy: not null, Replicas: not 1 } || model is null)
            return;
        foreach (var layer in Layers(model).OfType<BatchNormalization>().Where(layer => layer.Synchronized))
            Refuse(layer, "synchronized", "expected false with the strategy \"mirrored\", whose replicas normalize by their own rows. Received: true.");
    }

    private void Refuse(object part, string field, string message) => context.Add(context.Field(part, field), ViolationCodes.Conflict, message);

    private static IEnumerable<LayerSpec> Layers(LayerSpec layer) => layer switch
    {
        Sequential model => model.Layers.SelectMany(Layers),
        Functional model => model.Layers.SelectMany(part => Layers(part.Layer)),
        TimeDistributed wrapper => Layers(wrapper.Layer),
        _ => [layer],
    };
}
