namespace TrainingService.Contracts.Layers;

/// <summary>Layers of Keras that cannot be computed from their JSON, each with the reason.</summary>
internal static class RefusedLayers
{
    private const string PythonCode = "its function is Python code, which the JSON holds as text or bytecode; expected the layers that say the same, or a registered layer.";
    private const string Operation = "it stands for a TensorFlow operation that a Python model called by itself; expected the layer that says the same.";
    private const string Abstract = "it is a base class that computes nothing by itself; expected a class derived from it.";

    /// <summary>Why, by class name.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Lambda"] = PythonCode,
        ["TFSMLayer"] = "it runs a TensorFlow SavedModel, which needs TensorFlow.",
        ["TorchModuleWrapper"] = "it runs a PyTorch module that was pickled by Python.",
        ["JaxLayer"] = "it runs a JAX function, which needs JAX.",
        ["FlaxLayer"] = "it runs a Flax module, which needs JAX.",
        ["TensorFlowOpLayer"] = Operation,
        ["TFOpLambda"] = Operation,
        ["SlicingOpLambda"] = Operation,
        ["ClassMethod"] = Operation,
        ["InstanceMethod"] = Operation,
        ["InstanceProperty"] = Operation,
        ["Layer"] = Abstract,
        ["Wrapper"] = Abstract,
        ["AbstractRNNCell"] = Abstract,
    };
}
