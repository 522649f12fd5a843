using TrainingService.Contracts.Trainer;

namespace TrainingService.Worker.Queue;

/// <summary>How a trainer ended.</summary>
/// <param name="Result">Its last line; null when it ended without.</param>
/// <param name="ExitCode">128 + n when signal n ended it.</param>
/// <param name="Silence">Set when it was killed because it said nothing for so long.</param>
/// <param name="OutOfMemory">Whether the kernel killed it for want of memory.</param>
internal sealed record TrainerEnd(TrainerResult? Result, int ExitCode, TimeSpan? Silence = null, bool OutOfMemory = false);
