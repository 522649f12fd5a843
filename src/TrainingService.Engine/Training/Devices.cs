using TorchSharp;

namespace TrainingService.Engine.Training;

/// <summary>Where a job computes.</summary>
internal static class Devices
{
    /// <summary>The device of a job: <c>auto</c> takes CUDA when it is there.</summary>
    /// <exception cref="DeviceException">A device is asked for that is not there.</exception>
    public static torch.Device Choose(string? name)
    {
        if (name is null or "auto")
            return torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        if (name == "cpu")
            return torch.CPU;
        var index = name == "cuda" ? 0 : int.Parse(name["cuda:".Length..], System.Globalization.CultureInfo.InvariantCulture);
        return new torch.Device(DeviceType.CUDA, Existing(index, $"The job asks for {name}"));
    }

    /// <summary>The devices of the replicas of MirroredStrategy: the first CUDA devices from the job's on, or the CPU for each.</summary>
    /// <param name="first">The job's device.</param>
    /// <param name="replicas">How many; null takes every CUDA device, or one CPU replica.</param>
    /// <exception cref="DeviceException">There are fewer.</exception>
    public static IReadOnlyList<torch.Device> Mirrored(torch.Device first, int? replicas)
    {
        if (first.type == DeviceType.CPU)
            return [.. Enumerable.Repeat(first, replicas ?? 1)];
        var begin = Math.Max(0, first.index);
        var count = replicas ?? torch.cuda.device_count() - begin;
        Existing(begin + count - 1, $"The job asks for {count} replicas, one for each CUDA device");
        return [.. Enumerable.Range(begin, count).Select(index => new torch.Device(DeviceType.CUDA, index))];
    }

    /// <summary>Refuses float16 on a CPU, where it is thirty times slower than float32 and more.</summary>
    /// <exception cref="DeviceException">It is so.</exception>
    public static void CheckPrecision(torch.Device device, Models.Model model)
    {
        if (device.type == DeviceType.CPU && model.UsesFloat16)
            throw new DeviceException("The model computes in float16, and the job would run on a CPU, which has no float16 arithmetic.", "Use mixed_bfloat16, or a worker with CUDA.");
    }

    private static int Existing(int index, string wish)
    {
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return index < count ? index : throw new DeviceException($"{wish}; this worker has {(count == 0 ? "none" : $"{count}")}.", "Choose device auto or cpu, or a worker with CUDA.");
    }
}

/// <summary>The worker has no device that can run the job as it is.</summary>
/// <param name="message">What is asked for, and what is there.</param>
/// <param name="hint">What helps.</param>
public sealed class DeviceException(string message, string hint) : Exception(message)
{
    /// <summary>What helps.</summary>
    public string Hint => hint;
}
