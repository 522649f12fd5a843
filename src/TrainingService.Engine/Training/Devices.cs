using TorchSharp;

namespace TrainingService.Engine.Training;

/// <summary>Where a job computes.</summary>
internal static class Devices
{
    /// <summary>The device of a job: <c>auto</c> takes CUDA when it is there.</summary>
    /// <exception cref="NotSupportedException">CUDA is asked for and not there.</exception>
    public static torch.Device Choose(string? name) => name switch
    {
        "cpu" => torch.CPU,
        "cuda" => torch.cuda.is_available() ? torch.CUDA : throw new NotSupportedException("The job asks for CUDA; this worker has none."),
        _ => torch.cuda.is_available() ? torch.CUDA : torch.CPU,
    };
}
