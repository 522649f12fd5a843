using TrainingService.Contracts.Schedules;

namespace TrainingService.Engine.Schedules;

/// <summary>Every learning rate schedule and what it computes, in float32 as Keras does.</summary>
public static class ScheduleTable
{
    private static readonly Dictionary<Type, Func<LearningRateScheduleSpec, Func<float, float>>> Table = new()
    {
        [typeof(ExponentialDecay)] = Of<ExponentialDecay>((spec, step) => (float)spec.InitialLearningRate * MathF.Pow((float)spec.DecayRate, Part(step, spec.DecaySteps, spec.Staircase))),
        [typeof(InverseTimeDecay)] = Of<InverseTimeDecay>((spec, step) => (float)spec.InitialLearningRate / (1 + (float)spec.DecayRate * Part(step, spec.DecaySteps, spec.Staircase))),
        [typeof(PolynomialDecay)] = Of<PolynomialDecay>(Polynomial),
        [typeof(PiecewiseConstantDecay)] = Of<PiecewiseConstantDecay>(Piecewise),
        [typeof(CosineDecay)] = Of<CosineDecay>(Cosine),
        [typeof(CosineDecayRestarts)] = Of<CosineDecayRestarts>(Restarts),
        [typeof(LinearWarmup)] = spec => Warmup((LinearWarmup)spec),
        [typeof(OneCycle)] = Of<OneCycle>(Cycle),
    };

    /// <summary>The records that are covered.</summary>
    public static IReadOnlyCollection<Type> Covered => Table.Keys;

    /// <summary>The rate after a number of steps.</summary>
    public static Func<float, float> Find(LearningRateScheduleSpec spec) =>
        Table.TryGetValue(spec.GetType(), out var build) ? build(spec) : throw new NotSupportedException($"No function computes {spec.GetType().Name}.");

    private static float Part(float step, double steps, bool staircase) => staircase ? MathF.Floor(step / (float)steps) : step / (float)steps;

    private static float Polynomial(PolynomialDecay spec, float step)
    {
        var (end, steps) = ((float)spec.EndLearningRate, (float)spec.DecaySteps);
        if (spec.Cycle)
            steps *= step == 0 ? 1 : MathF.Ceiling(step / steps);
        else
            step = MathF.Min(step, steps);
        return ((float)spec.InitialLearningRate - end) * MathF.Pow(1 - step / steps, (float)spec.Power) + end;
    }

    /// <summary>Boundaries are cut to whole steps, as Keras does when it compares them with its step counter.</summary>
    private static float Piecewise(PiecewiseConstantDecay spec, float step)
    {
        var whole = step == MathF.Truncate(step);
        var index = 0;
        while (index < spec.Boundaries.Count && step > (whole ? Math.Truncate(spec.Boundaries[index]) : spec.Boundaries[index]))
            index++;
        return (float)spec.Values[index];
    }

    private static float Cosine(CosineDecay spec, float step)
    {
        var (initial, steps) = ((float)spec.InitialLearningRate, (float)spec.DecaySteps);
        if (spec.WarmupTarget is not { } given)
            return Decayed(initial, MathF.Min(step, steps) / steps, spec.Alpha);
        var (target, warmup) = ((float)given, (float)spec.WarmupSteps);
        step = MathF.Min(step, steps + warmup);
        return step < warmup ? (target - initial) * (step / warmup) + initial : Decayed(target, (step - warmup) / steps, spec.Alpha);
    }

    private static float Restarts(CosineDecayRestarts spec, float step)
    {
        var (growth, fraction) = ((float)spec.TMul, step / (float)spec.FirstDecaySteps);
        float period;
        if (growth == 1)
        {
            period = MathF.Floor(fraction);
            fraction -= period;
        }
        else
        {
            period = MathF.Floor(MathF.Log(1 - fraction * (1 - growth)) / MathF.Log(growth));
            var length = MathF.Pow(growth, period);
            fraction = (fraction - (1 - length) / (1 - growth)) / length;
        }
        var alpha = (float)spec.Alpha;
        var height = 0.5f * MathF.Pow((float)spec.MMul, period) * (1 + MathF.Cos(MathF.PI * fraction));
        return (float)spec.InitialLearningRate * ((1 - alpha) * height + alpha);
    }

    private static float Decayed(float from, float fraction, double alpha) =>
        from * ((float)(1 - alpha) * (0.5f * (1 + MathF.Cos(MathF.PI * fraction))) + (float)alpha);

    private static Func<float, float> Warmup(LinearWarmup spec)
    {
        var after = spec.LearningRate.Schedule is { } schedule ? Find(schedule) : _ => (float)spec.LearningRate.Value;
        var (first, steps) = ((float)spec.InitialLearningRate, (float)spec.WarmupSteps);
        var target = after(0);
        return step => step < steps ? first + (target - first) * (step / steps) : after(step - steps);
    }

    private static float Cycle(OneCycle spec, float step)
    {
        var highest = (float)spec.MaxLearningRate;
        var first = highest / (float)spec.DivFactor;
        var (up, all) = ((float)(spec.WarmupFraction * spec.TotalSteps), (float)spec.TotalSteps);
        return step < up ? Eased(first, highest, step / up)
            : step < all ? Eased(highest, first / (float)spec.FinalDivFactor, (step - up) / (all - up))
            : first / (float)spec.FinalDivFactor;
    }

    private static float Eased(float from, float to, float fraction) => to + (from - to) * 0.5f * (1 + MathF.Cos(MathF.PI * fraction));

    private static Func<LearningRateScheduleSpec, Func<float, float>> Of<T>(Func<T, float, float> function) where T : LearningRateScheduleSpec =>
        spec => step => function((T)spec, step);
}
